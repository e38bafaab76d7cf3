package dev.recycler.cli.console;

import java.lang.reflect.Constructor;
import java.lang.reflect.InvocationTargetException;
import picocli.CommandLine;

/** Makes commands: through a constructor that takes the {@link Session} where there is one. */
public final class SessionFactory implements CommandLine.IFactory {
  private final Session session;
  private final CommandLine.IFactory plain = CommandLine.defaultFactory();

  public SessionFactory(Session session) {
    this.session = session;
  }

  @Override
  public <K> K create(Class<K> type) throws Exception {
    Constructor<K> constructor;
    try {
      constructor = type.getDeclaredConstructor(Session.class);
    } catch (NoSuchMethodException e) {
      return plain.create(type);
    }
    constructor.setAccessible(true);
    try {
      return constructor.newInstance(session);
    } catch (InvocationTargetException e) {
      throw e.getCause() instanceof Exception cause ? cause : e;
    }
  }
}
