package dev.recycler.activities.safetensors;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Where every tensor of a checkpoint to be written lies: its files, their headers, and the index.
 *
 * @param files the weight files, in the order in which they are written
 * @param sharded whether an index is needed
 */
public record ShardLayout(List<WeightFile> files, boolean sharded) {
  /** The unit of alignment of tensors in files, in bytes. */
  public static final int PAGE = 4096;

  private static final ObjectMapper JSON = new ObjectMapper();

  public ShardLayout {
    files = List.copyOf(files);
  }

  /** A tensor that is to be written. */
  public record Entry(String name, Dtype dtype, List<Long> shape) {
    public Entry {
      shape = List.copyOf(shape);
    }

    /** Its size in bytes. */
    public long bytes() {
      return shape.stream().mapToLong(Long::longValue).reduce(dtype.bytes(), Math::multiplyExact);
    }
  }

  /**
   * A weight file to be written.
   *
   * @param name its name
   * @param json its header's text, padded with spaces
   * @param tensors its tensors in the order of their bytes, offsets from the file's start
   */
  public record WeightFile(String name, String json, List<TensorInfo> tensors) {
    public WeightFile {
      tensors = List.copyOf(tensors);
    }

    /** The file's first bytes, up to where data starts: eight of length, then the text. */
    public byte[] header() {
      byte[] text = json.getBytes(StandardCharsets.UTF_8);
      return ByteBuffer.allocate(8 + text.length)
          .order(ByteOrder.LITTLE_ENDIAN)
          .putLong(text.length)
          .put(text)
          .array();
    }

    /** Its whole size in bytes. */
    public long bytes() {
      return header().length + tensors.stream().mapToLong(TensorInfo::bytes).sum();
    }
  }

  /** Everything in one {@code model.safetensors}. */
  public static ShardLayout single(List<Entry> entries, Map<String, String> metadata) {
    return new ShardLayout(List.of(file(ModelFolder.SINGLE, entries, metadata)), false);
  }

  /**
   * Shards of at most {@code maxBytes} of tensors each, filled in the order given; a larger tensor
   * has a shard of its own. One shard is written as a single file.
   */
  public static ShardLayout split(
      List<Entry> entries, long maxBytes, Map<String, String> metadata) {
    var groups = new ArrayList<List<Entry>>();
    long filled = 0;
    for (Entry entry : entries) {
      if (groups.isEmpty() || (filled > 0 && filled + entry.bytes() > maxBytes)) {
        groups.add(new ArrayList<>());
        filled = 0;
      }
      groups.getLast().add(entry);
      filled += entry.bytes();
    }
    return groups.size() <= 1 ? single(entries, metadata) : numbered(groups, metadata);
  }

  /** One shard a group, in the order given; groups without tensors are left out. */
  public static ShardLayout grouped(List<List<Entry>> groups, Map<String, String> metadata) {
    return numbered(groups.stream().filter(group -> !group.isEmpty()).toList(), metadata);
  }

  private static ShardLayout numbered(List<List<Entry>> groups, Map<String, String> metadata) {
    var files = new ArrayList<WeightFile>();
    for (int i = 0; i < groups.size(); i++) {
      String name = "model-%05d-of-%05d.safetensors".formatted(i + 1, groups.size());
      files.add(file(name, groups.get(i), metadata));
    }
    return new ShardLayout(files, true);
  }

  /**
   * Data starts at a page, and tensors of whole pages go first, so that these can be written past
   * the page cache; of the others, those with wider elements, so that each is aligned to its
   * element.
   */
  private static WeightFile file(String name, List<Entry> entries, Map<String, String> metadata) {
    var ordered = new ArrayList<>(entries);
    ordered.sort(
        Comparator.comparing((Entry entry) -> entry.bytes() % PAGE != 0)
            .thenComparing(Comparator.comparingInt((Entry e) -> e.dtype().bytes()).reversed()));
    ObjectNode json = JSON.createObjectNode();
    if (!metadata.isEmpty()) {
      ObjectNode strings = json.putObject("__metadata__");
      metadata.forEach(strings::put);
    }
    long at = 0;
    for (Entry entry : ordered) {
      ObjectNode tensor = json.putObject(entry.name());
      tensor.put("dtype", entry.dtype().name());
      var shape = tensor.putArray("shape");
      entry.shape().forEach(shape::add);
      tensor.putArray("data_offsets").add(at).add(at + entry.bytes());
      at += entry.bytes();
    }
    String text = json.toString();
    int length = text.getBytes(StandardCharsets.UTF_8).length;
    int padding = (PAGE - (8 + length) % PAGE) % PAGE;
    var tensors = new ArrayList<TensorInfo>();
    at = 8L + length + padding;
    for (Entry entry : ordered) {
      tensors.add(new TensorInfo(entry.name(), entry.dtype(), entry.shape(), at, entry.bytes()));
      at += entry.bytes();
    }
    return new WeightFile(name, text + " ".repeat(padding), tensors);
  }

  /** The name of the index file. */
  public static String indexName() {
    return ShardIndex.NAME;
  }

  /** The text of the index, where there is one. */
  public Optional<String> index() {
    if (!sharded) {
      return Optional.empty();
    }
    long total = 0;
    Map<String, String> weightMap = new LinkedHashMap<>();
    for (WeightFile file : files) {
      for (TensorInfo tensor : file.tensors()) {
        total += tensor.bytes();
        weightMap.put(tensor.name(), file.name());
      }
    }
    ObjectNode json = JSON.createObjectNode();
    json.putObject("metadata").put("total_size", total);
    ObjectNode map = json.putObject("weight_map");
    weightMap.forEach(map::put);
    return Optional.of(json.toPrettyString() + "\n");
  }

  /** The size of all files in bytes. */
  public long bytes() {
    return files.stream().mapToLong(WeightFile::bytes).sum();
  }
}
