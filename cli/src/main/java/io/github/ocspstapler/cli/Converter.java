package io.github.ocspstapler.cli;

import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Reads an option's value; what is wrong with it is said in the value's own words. */
abstract class Converter<T> implements ITypeConverter<T> {
  /** Returns the value, or throws {@link IllegalArgumentException} with a sentence. */
  abstract T read(String text);

  @Override
  public final T convert(String text) {
    try {
      return read(text);
    } catch (IllegalArgumentException e) {
      throw new TypeConversionException(e.getMessage());
    }
  }
}
