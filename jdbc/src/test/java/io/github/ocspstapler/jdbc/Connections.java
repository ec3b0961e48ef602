package io.github.ocspstapler.jdbc;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.util.concurrent.Callable;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/** Data sources as a test wants them. */
final class Connections {
  private Connections() {}

  static DataSource from(Callable<Connection> source) {
    return proxy(DataSource.class, (method, call) -> source.call());
  }

  /** Returns the smallest of pools: one connection, which its users do not close. */
  static DataSource only(Connection connection) {
    Connection shared =
        proxy(
            Connection.class,
            (method, arguments) -> {
              try {
                return method.getName().equals("close")
                    ? null
                    : method.invoke(connection, arguments);
              } catch (InvocationTargetException e) {
                throw (Exception) e.getCause();
              }
            });
    return from(() -> shared);
  }

  private interface Answers {
    @Nullable Object to(Method method, Object[] arguments) throws Exception;
  }

  private static <T> T proxy(Class<T> type, Answers answers) {
    return type.cast(
        Proxy.newProxyInstance(
            Connections.class.getClassLoader(),
            new Class<?>[] {type},
            (self, method, arguments) -> answers.to(method, arguments)));
  }
}
