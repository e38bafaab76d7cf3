package dev.recycler.cli.drill.tool;

import dev.recycler.activities.drill.FaultPoint;
import dev.recycler.cli.drill.tool.Arithmetic.State;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import java.util.zip.ZipOutputStream;

/**
 * A trainer: {@code --drill DIR --model DIR --data FILE --output DIR --max_steps N --save_every K
 * --pace MILLISECONDS [--resume=DIR]}. It saves {@code step-N/} with {@code DONE} written last, and
 * the model at the end. It keeps a {@link Journal}, and misbehaves when told to.
 */
public final class Trainer {
  private static final String OPTIMIZER = "optimizer.pt";
  private static final String ENTRY = "momentum";

  private final Options options;
  private final Path drill;
  private final Path output;
  private final Journal journal;
  private final Orders orders;
  private String order = "";

  private Trainer(Options options) throws IOException {
    this.options = options;
    this.drill = options.path("drill");
    this.output = options.path("output");
    this.journal = Journal.open(drill, "trainer");
    this.orders = new Orders(drill, "trainer");
  }

  public static void main(String[] arguments) throws IOException, InterruptedException {
    Trainer trainer = new Trainer(Options.of(arguments));
    int code = trainer.run();
    System.out.flush();
    // No exit: a shutdown that was made to last for ever would hold it up.
    Runtime.getRuntime().halt(code);
  }

  private int run() throws IOException, InterruptedException {
    journal.line("begin", options.run(), output);
    Path locks = Files.createDirectories(drill.resolve("locks"));
    Path lockFile = locks.resolve(Integer.toHexString(output.hashCode()));
    try (FileChannel channel =
            FileChannel.open(lockFile, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        FileLock lock = channel.tryLock()) {
      if (lock == null) {
        journal.line("busy", output);
        System.out.println("another trainer has " + output + " open");
        return 9;
      }
      return train();
    }
  }

  private int train() throws IOException, InterruptedException {
    long total = options.number("max_steps");
    long data = Arithmetic.data(Files.readAllBytes(options.path("data")));
    State state = State.start(TinyModel.read(options.path("model")));
    if (options.has("resume")) {
      state = resumed(options.path("resume"), state.model().tokenizer());
    }
    journal.line("from", state.step());
    while (state.step() < total) {
      orders.take().ifPresent(what -> order = what);
      if (!order.isEmpty()) {
        journal.line("told", order);
      }
      switch (order) {
        case "crash" -> {
          System.out.println("RuntimeError: the drill told this trainer to crash");
          return 1;
        }
        case "nothing" -> {
          return 0;
        }
        case "slow" -> Thread.sleep(4000);
        case "silent" -> Thread.sleep(3_600_000);
        case "fork" -> fork();
        case "deaf" -> hearNothing();
        default -> {}
      }
      order = order.equals("torn") ? order : "";
      Thread.sleep(options.number("pace"));
      state = Arithmetic.step(state, data);
      journal.line("step", state.step());
      System.out.printf("step %d/%d loss %.4f%n", state.step(), total, 1.0 / state.step());
      if (state.step() % options.number("save_every") == 0 && state.step() < total) {
        save(state);
      }
    }
    journal.line("saving", state.step());
    state.model().write(output);
    journal.line("done", state.step());
    return 0;
  }

  private void save(State state) throws IOException {
    Path folder = Files.createDirectories(output.resolve("step-" + state.step()));
    if (order.equals("torn")) {
      state.model().writeWeights(folder, 40);
      Files.writeString(folder.resolve("DONE"), state.step() + "\n");
      journal.line("tore", state.step());
      Runtime.getRuntime().halt(1);
    }
    state.model().write(folder);
    writeMomentum(folder, state.momentum());
    Files.writeString(
        folder.resolve("trainer_state.json"),
        "{\"global_step\": %d, \"max_steps\": %d}\n"
            .formatted(state.step(), options.number("max_steps")));
    try (Stream<Path> files = Files.list(folder)) {
      for (Path file : files.toList()) {
        sync(file);
      }
    }
    Files.writeString(folder.resolve("DONE"), state.step() + "\n");
    sync(folder.resolve("DONE"));
    journal.line("saved", state.step());
  }

  private static void sync(Path file) throws IOException {
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
      channel.force(true);
    }
    FaultPoint.synced(file);
  }

  /** A ZIP file, as torch writes one: its table of contents stands last. */
  private static void writeMomentum(Path folder, SortedMap<String, float[]> momentum)
      throws IOException {
    int values = momentum.values().stream().mapToInt(m -> m.length).sum();
    ByteBuffer bytes = ByteBuffer.allocate(values * Float.BYTES);
    momentum.values().forEach(m -> put(bytes, m));
    try (ZipOutputStream zip =
        new ZipOutputStream(Files.newOutputStream(folder.resolve(OPTIMIZER)))) {
      zip.setLevel(0);
      zip.putNextEntry(new ZipEntry(ENTRY));
      zip.write(bytes.array());
    }
  }

  private static void put(ByteBuffer bytes, float[] values) {
    for (float value : values) {
      bytes.putFloat(value);
    }
  }

  private static State resumed(Path folder, String tokenizer) throws IOException {
    TinyModel model = TinyModel.read(folder);
    ByteBuffer bytes;
    try (ZipFile zip = new ZipFile(folder.resolve(OPTIMIZER).toFile());
        InputStream entry = zip.getInputStream(zip.getEntry(ENTRY))) {
      bytes = ByteBuffer.wrap(entry.readAllBytes());
    }
    SortedMap<String, float[]> momentum = new TreeMap<>();
    for (Map.Entry<String, float[]> tensor : model.tensors().entrySet()) {
      float[] values = new float[tensor.getValue().length];
      for (int i = 0; i < values.length; i++) {
        values[i] = bytes.getFloat();
      }
      momentum.put(tensor.getKey(), values);
    }
    String name = folder.getFileName().toString();
    long step = Long.parseLong(name.substring("step-".length()));
    return new State(step, new TinyModel(model.tensors(), tokenizer), momentum);
  }

  /** A process that outlives this one unless somebody ends it, in this one's session. */
  private void fork() throws IOException {
    Process child =
        new ProcessBuilder(List.of("/bin/sh", "-c", "trap '' TERM; while :; do sleep 1; done"))
            .redirectErrorStream(true)
            .redirectOutput(output.resolveSibling("grandchild.log").toFile())
            .start();
    journal.line("grandchild", child.pid());
  }

  /** SIGTERM begins a shutdown that never ends, and the training goes on meanwhile. */
  private static void hearNothing() {
    Runtime.getRuntime()
        .addShutdownHook(
            Thread.ofPlatform()
                .unstarted(
                    () -> {
                      try {
                        Thread.sleep(3_600_000);
                      } catch (InterruptedException e) {
                        Thread.currentThread().interrupt();
                      }
                    }));
  }
}
