package io.postil.backends.spool;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import org.junit.jupiter.api.Test;

class RecordSpoolTest {
  /** A number, and so many bytes that nobody needs. */
  private record Numbered(int number, int length) {}

  private static final RecordSpool.Codec<Numbered> CODEC =
      new RecordSpool.Codec<>() {
        @Override
        public void write(DataOutput out, Numbered record) throws IOException {
          out.writeInt(record.number());
          out.writeInt(record.length());
          out.write(new byte[record.length()]);
        }

        @Override
        public Numbered read(DataInput in) throws IOException {
          Numbered record = new Numbered(in.readInt(), in.readInt());
          in.readFully(new byte[record.length()]);
          return record;
        }
      };

  private final RecordSpool<Numbered> spool = new RecordSpool<>(CODEC);

  private static List<Integer> read(Iterator<Numbered> records) {
    List<Integer> numbers = new ArrayList<>();
    records.forEachRemaining(record -> numbers.add(record.number()));
    return numbers;
  }

  private void add(int group, int number, int length) {
    spool.add(group, new Numbered(number, length));
  }

  @Test
  void aGroupIsReadInTheOrderInWhichItWasFilledHoweverMuchThereIs() {
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
      assertThat(read(spool.of(group))).isEqualTo(expected.get(group));
    }
    spool.close();
  }

  @Test
  void severalGroupsAreReadSideBySideWhileOthersAreFilled() {
    int odd = spool.newGroup();
    int even = spool.newGroup();
    for (int number = 0; number < 1000; number++) {
      add(number % 2 == 0 ? even : odd, number, 100);
    }
    Iterator<Numbered> a = spool.of(odd);
    Iterator<Numbered> b = spool.of(even);
    int other = spool.newGroup();
    List<Integer> numbers = new ArrayList<>();
    while (a.hasNext()) {
      for (Iterator<Numbered> records : List.of(b, a)) {
        numbers.add(records.next().number());
      }
      add(other, 0, 20_000);
    }
    assertThat(numbers).hasSize(1000).isSorted();
    assertThat(b.hasNext()).isFalse();
    assertThatThrownBy(b::next).isInstanceOf(NoSuchElementException.class);
    assertThat(spool.of(spool.newGroup()).hasNext()).isFalse();
    spool.close();
  }
}
