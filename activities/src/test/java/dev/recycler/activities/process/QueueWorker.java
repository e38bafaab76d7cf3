package dev.recycler.activities.process;

import dev.recycler.activities.process.Gpus.Gpu;
import dev.recycler.activities.process.Slots.Priority;
import dev.recycler.activities.process.StepQueue.Waiting;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.stream.Stream;

/** A worker in a process of its own, which takes as many steps at once as it has GPUs. */
final class QueueWorker {
  private final Path folder;
  private final String gpus;
  private final String program;
  private final String life = Long.toString(ProcessHandle.current().pid());
  private final Slots slots;
  private final ToolHost host;
  private final StepQueue queue;

  private QueueWorker(Path folder, String gpus, String program) throws IOException {
    this.folder = folder;
    this.gpus = gpus;
    this.program = program;
    this.queue = StepQueue.in(folder);
    this.slots =
        Slots.gpus(
            Stream.of(gpus.split(",", -1)).map(id -> new Gpu(id, "GPU-" + id)).toList(),
            folder.resolve("devices"));
    this.host = new ToolHost(slots, new Supervision(Runs.LEASE), false, Duration.ZERO);
  }

  public static void main(String[] arguments) throws Exception {
    new QueueWorker(Path.of(arguments[0]), arguments[1], arguments[2]).work();
  }

  private void work() throws IOException, InterruptedException {
    Semaphore room = new Semaphore(slots.total());
    while (!queue.isClosed()) {
      room.acquire();
      var step = queue.take(gpus);
      if (step.isEmpty()) {
        room.release();
        Thread.sleep(10);
        continue;
      }
      note("took", step.get());
      CountDownLatch inLine = new CountDownLatch(1);
      Job job = new Job(step.get(), inLine);
      Thread.ofVirtual()
          .start(
              () -> {
                run(job);
                inLine.countDown();
                room.release();
              });
      // The next one is taken when this one has its place in line.
      while (inLine.getCount() > 0 && slots.waiting() == 0) {
        Thread.sleep(2);
      }
    }
    room.acquire(slots.total());
  }

  private void run(Job job) {
    try {
      host.run(folder.resolve("run-" + job.step.name()), job);
      queue.finish(gpus, job.step);
    } catch (IOException | InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  private synchronized void note(String what, Waiting step) throws IOException {
    Files.writeString(
        folder.resolve("order"),
        "%s %s %s\n".formatted(what, life, step.name()),
        StandardOpenOption.CREATE,
        StandardOpenOption.APPEND);
  }

  private final class Job implements ToolHost.Job {
    private final Waiting step;
    private final CountDownLatch inLine;

    Job(Waiting step, CountDownLatch inLine) {
      this.step = step;
      this.inLine = inLine;
    }

    @Override
    public int devices() {
      return step.gpus();
    }

    @Override
    public Priority priority() {
      return Priority.FINETUNE;
    }

    @Override
    public ToolEnvironment environment() {
      return new ToolEnvironment(Map.of(), Set.of());
    }

    @Override
    public ToolCommand command(Path output, List<Attempt> former) throws IOException {
      note("began", step);
      inLine.countDown();
      String seconds = String.format(Locale.ROOT, "%.3f", step.millis() / 1000.0);
      return Runs.shell(output, program, folder.toString(), step.name(), seconds);
    }

    @Override
    public void waiting(String why) {}

    @Override
    public void running(Attempt attempt) {
      inLine.countDown();
    }
  }
}
