package io.github.ocspstapler.benchmarks;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Formatter;
import java.util.List;
import java.util.Locale;

/** A line chart as SVG, on a light ground. Its axes begin at the least x and at zero. */
final class SvgChart {
  private static final int WIDTH = 860;
  private static final int HEIGHT = 400;
  private static final int LEFT = 80;
  private static final int TOP = 50;
  private static final int RIGHT = 30;
  private static final int BOTTOM = 60;
  private static final String[] COLOURS = {"#1b6ca8", "#d1495b", "#2e8b57", "#8a5fbf", "#b8860b"};

  private final String title;
  private final String xAxis;
  private final String yAxis;
  private final List<Line> lines = new ArrayList<>();

  private static final class Line {
    final String name;
    final double[] x;
    final double[] y;

    Line(String name, double[] x, double[] y) {
      this.name = name;
      this.x = x;
      this.y = y;
    }
  }

  SvgChart(String title, String xAxis, String yAxis) {
    this.title = title;
    this.xAxis = xAxis;
    this.yAxis = yAxis;
  }

  SvgChart line(String name, double[] x, double[] y) {
    lines.add(new Line(name, x, y));
    return this;
  }

  @Override
  public String toString() {
    double left = lines.stream().mapToDouble(line -> min(line.x)).min().orElse(0);
    double right = lines.stream().mapToDouble(line -> max(line.x)).max().orElse(1);
    double top = 1.05 * lines.stream().mapToDouble(line -> max(line.y)).max().orElse(1);
    Formatter svg = new Formatter(Locale.ROOT);
    svg.format("<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 %d %d'", WIDTH, HEIGHT);
    svg.format(" font-family='sans-serif' font-size='13' fill='#222'>\n");
    svg.format("<rect width='%d' height='%d' fill='#fff'/>\n", WIDTH, HEIGHT);
    text(svg, WIDTH / 2.0, 24, "middle", "font-size='16'", title);
    text(svg, (LEFT + WIDTH - RIGHT) / 2.0, HEIGHT - 14, "middle", "", xAxis);
    String turned = "transform='rotate(-90 18 " + HEIGHT / 2 + ")'";
    text(svg, 18, HEIGHT / 2.0, "middle", turned, yAxis);
    double step = step(top);
    for (double y = 0; y <= top; y += step) {
      double at = HEIGHT - BOTTOM - y / top * (HEIGHT - TOP - BOTTOM);
      svg.format("<path d='M%d %.1fH%d' stroke='#ddd'/>\n", LEFT, at, WIDTH - RIGHT);
      text(svg, LEFT - 8, at + 4, "end", "", label(y, step));
    }
    double xStep = step(right - left);
    for (double x = Math.ceil(left / xStep) * xStep; x <= right + 1e-9; x += xStep) {
      double at = LEFT + (x - left) / (right - left) * (WIDTH - LEFT - RIGHT);
      svg.format("<path d='M%.1f %dv5' stroke='#222'/>\n", at, HEIGHT - BOTTOM);
      text(svg, at, HEIGHT - BOTTOM + 20, "middle", "", label(x, xStep));
    }
    svg.format("<path d='M%d %dH%d' stroke='#222'/>\n", LEFT, HEIGHT - BOTTOM, WIDTH - RIGHT);
    for (int i = 0; i < lines.size(); i++) {
      Line line = lines.get(i);
      String colour = COLOURS[i % COLOURS.length];
      svg.format("<polyline fill='none' stroke='%s' stroke-width='1.6' points='", colour);
      for (int point = 0; point < line.x.length; point++) {
        double x = LEFT + (line.x[point] - left) / (right - left) * (WIDTH - LEFT - RIGHT);
        double y = HEIGHT - BOTTOM - line.y[point] / top * (HEIGHT - TOP - BOTTOM);
        svg.format("%.1f,%.1f ", x, y);
      }
      svg.format("'/>\n");
      text(svg, WIDTH - RIGHT - 8, TOP + 16 + 18 * i, "end", "fill='" + colour + "'", line.name);
    }
    return svg.format("</svg>\n").toString();
  }

  private static void text(
      Formatter svg, double x, double y, String anchor, String more, String text) {
    String escaped = text.replace("&", "&amp;").replace("<", "&lt;");
    svg.format(
        "<text x='%.1f' y='%.1f' text-anchor='%s' %s>%s</text>\n", x, y, anchor, more, escaped);
  }

  private static String label(double value, double step) {
    return Numbers.fixed(value, step >= 1 ? 0 : (int) Math.ceil(-Math.log10(step)));
  }

  /** A round step: about six of them make the range. */
  private static double step(double range) {
    double power = Math.pow(10, Math.floor(Math.log10(range / 6)));
    double rest = range / 6 / power;
    return power * (rest <= 1 ? 1 : rest <= 2 ? 2 : rest <= 5 ? 5 : 10);
  }

  private static double min(double[] values) {
    return Arrays.stream(values).min().orElse(0);
  }

  private static double max(double[] values) {
    return Arrays.stream(values).max().orElse(0);
  }
}
