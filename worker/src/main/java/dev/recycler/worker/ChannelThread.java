package dev.recycler.worker;

import io.grpc.ManagedChannelBuilder;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import io.grpc.netty.shaded.io.netty.channel.nio.NioEventLoopGroup;
import io.grpc.netty.shaded.io.netty.channel.socket.nio.NioSocketChannel;
import io.grpc.netty.shaded.io.netty.util.concurrent.DefaultThreadFactory;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;

/**
 * The one thread that reads and writes a connection, and ends with it.
 *
 * <p>gRPC would share such threads between all channels and keep them for a second after the last,
 * waiting in native code: there a JVM that exits waits for them, 0.3 s of a command that is over.
 * Through NIO it needs no native library either, which gRPC unpacks into the folder for temporary
 * files and loads in every process.
 */
final class ChannelThread implements AutoCloseable {
  private static final Duration PATIENCE = Duration.ofSeconds(2);

  private final AtomicReference<Thread> thread = new AtomicReference<>();
  private final NioEventLoopGroup loop =
      new NioEventLoopGroup(
          1,
          new DefaultThreadFactory("temporal-connection", true) {
            @Override
            protected Thread newThread(Runnable task, String name) {
              Thread made = super.newThread(task, name);
              thread.set(made);
              return made;
            }
          });

  /** Has the channel that is being built read and written by this thread. */
  void carry(ManagedChannelBuilder<?> channel) {
    if (channel instanceof NettyChannelBuilder netty) {
      netty.eventLoopGroup(loop).channelType(NioSocketChannel.class);
    }
  }

  /** Ends the thread, and waits for its end. The channel is to have terminated before. */
  @Override
  public void close() {
    loop.shutdownGracefully(0, 1, TimeUnit.SECONDS)
        .awaitUninterruptibly(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
    Thread last = thread.get();
    if (last == null) {
      return;
    }
    try {
      // The loop says that it has ended while its thread still runs.
      last.join(PATIENCE);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
