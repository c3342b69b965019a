package io.postil.backends.spool;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.NoSuchElementException;
import org.junit.jupiter.api.Test;

class RecordSpoolTest {
  private final RecordSpool spool = new RecordSpool();

  private static List<Integer> read(RecordSpool.Reader reader) throws IOException {
    List<Integer> numbers = new ArrayList<>();
    while (reader.hasNext()) {
      var in = reader.next();
      numbers.add(in.readInt());
      in.readFully(new byte[in.readInt()]);
    }
    return numbers;
  }

  private void add(int group, int number, int length) {
    spool.add(
        group,
        out -> {
          out.writeInt(number);
          out.writeInt(length);
          out.write(new byte[length]);
        });
  }

  @Test
  void aGroupIsReadInTheOrderInWhichItWasFilledHoweverMuchThereIs() throws IOException {
    int groups = 50;
    for (int group = 0; group < groups; group++) {
      assertThat(spool.newGroup()).isEqualTo(group);
    }
    List<List<Integer>> expected = new ArrayList<>();
    for (int group = 0; group < groups; group++) {
      expected.add(new ArrayList<>());
    }
    for (int number = 0; number < 40_000; number++) {
      // Some 20 MB; the first groups get far more than the last ones, and some records are long.
      int group = (int) ((long) number * number % 7919) % (number % groups + 1);
      add(group, number, number % 1000 == 0 ? 100_000 : number % 900);
      expected.get(group).add(number);
    }
    for (int group = 0; group < groups; group++) {
      assertThat(read(spool.read(group))).isEqualTo(expected.get(group));
    }
    spool.close();
  }

  @Test
  void severalGroupsAreReadSideBySideWhileOthersAreFilled() throws IOException {
    int odd = spool.newGroup();
    int even = spool.newGroup();
    for (int number = 0; number < 1000; number++) {
      add(number % 2 == 0 ? even : odd, number, 100);
    }
    RecordSpool.Reader a = spool.read(odd);
    RecordSpool.Reader b = spool.read(even);
    int other = spool.newGroup();
    List<Integer> numbers = new ArrayList<>();
    while (a.hasNext()) {
      for (RecordSpool.Reader reader : List.of(b, a)) {
        var in = reader.next();
        numbers.add(in.readInt());
        in.readFully(new byte[in.readInt()]);
      }
      add(other, 0, 20_000);
    }
    assertThat(numbers).hasSize(1000).isSorted();
    assertThat(b.hasNext()).isFalse();
    assertThatThrownBy(b::next).isInstanceOf(NoSuchElementException.class);
    assertThat(spool.read(spool.newGroup()).hasNext()).isFalse();
    spool.close();
  }
}
