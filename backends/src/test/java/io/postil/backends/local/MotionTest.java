package io.postil.backends.local;

import static org.assertj.core.api.Assertions.assertThat;

import io.postil.core.label.Keypoint;
import io.postil.core.label.Points;
import io.postil.core.label.Polyline;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The same cases as in the editor's motion.test.ts. */
class MotionTest {
  private static Polyline line(double... points) {
    return Polyline.of("road", List.of(Points.wrap(points)), false, false);
  }

  @Test
  void pointsMoveEvenlyAndAllElseStays() {
    Polyline from = line(0, 0, 0.5, 0);

    assertThat(Motion.between(from, line(1, 0, 0.5, 0.4).withLabel("path"), 0.25))
        .isEqualTo(from.withPoints(List.of(Points.wrap(0.25, 0, 0.5, 0.1))));
  }

  @Test
  void aPointThatIsMissingAtAnEndIsAsAtTheBeginning() {
    Keypoint from = Keypoint.of("pose", Points.wrap(Double.NaN, Double.NaN, 0, 0));

    assertThat(Motion.between(from, Keypoint.of("pose", Points.wrap(1, 1, 1, 0)), 0.5))
        .isEqualTo(from.withPoints(Points.wrap(Double.NaN, Double.NaN, 0.5, 0)));
  }

  @Test
  void aShapeWithOtherPointsStaysUntilTheNextKeyFrame() {
    Polyline from = line(0, 0, 1, 1);

    assertThat(Motion.between(from, line(0, 0, 1, 1, 0, 1), 0.5)).isEqualTo(from);
  }
}
