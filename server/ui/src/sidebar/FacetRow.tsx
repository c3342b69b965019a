import { Checkbox, Group, Text } from '@mantine/core';
import { number } from '../model/number';

/** A value to filter by, with how often it occurs in what is shown and in all. */
export function FacetRow({ value, label, shown, total, color }: { value: string; label: string; shown: number; total: number; color?: string }) {
  return (
    <Group gap={6} wrap="nowrap" justify="space-between" className="facet-row">
      <Checkbox size="xs" value={value} label={<span className="facet-label">{color && <span className="swatch" style={{ background: color }} />}{label}</span>} />
      <Text size="xs" c="dimmed" className="tabular">{shown === total ? number(total) : `${number(shown)} / ${number(total)}`}</Text>
    </Group>
  );
}
