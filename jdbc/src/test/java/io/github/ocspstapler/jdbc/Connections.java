package io.github.ocspstapler.jdbc;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.concurrent.Callable;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/** Data sources as a test wants them. */
final class Connections {
  private Connections() {}

  static DataSource from(Callable<Connection> source) {
    return proxy(DataSource.class, (method, call) -> source.call());
  }

  /** Returns a source of new connections, which are told something at first. */
  static DataSource told(DataSource source, String... atFirst) {
    return from(() -> {
      Connection connection = source.getConnection();
      try (Statement statement = connection.createStatement()) {
        for (String sql : atFirst) {
          statement.execute(sql);
        }
      }
      return connection;
    });
  }

  /** Returns a source of new connections that cannot do one thing, asked for with that value. */
  static DataSource unable(DataSource source, String name, Object last, SQLException failure) {
    return from(() -> {
      Connection connection = source.getConnection();
      return connection((method, arguments) -> {
        if (method.getName().equals(name) && last.equals(arguments[arguments.length - 1])) {
          throw failure;
        }
        return method.invoke(connection, arguments);
      });
    });
  }

  /** Returns the smallest of pools: one connection, which its users do not close. */
  static DataSource only(Connection connection) {
    Connection shared =
        connection((method, arguments) ->
            method.getName().equals("close") ? null : method.invoke(connection, arguments));
    return from(() -> shared);
  }

  private static Connection connection(Answers answers) {
    return proxy(
        Connection.class,
        (method, arguments) -> {
          try {
            return answers.to(method, arguments);
          } catch (InvocationTargetException e) {
            throw (Exception) e.getCause();
          }
        });
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
