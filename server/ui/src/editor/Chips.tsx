// A few choices side by side: a click chooses one, or takes it back.
import { Text } from '@mantine/core';
import { classColor } from '../model/colors';

/** More choices than these are searched in a list. */
export const MANY = 15;

export interface Choice { name: string; chosen: boolean; may: boolean; onToggle(): void }

export function Chips({ label, choices, digits }: { label: string; choices: Choice[]; digits: boolean }) {
  return (
    <section aria-label={label}>
      <Text size="xs" fw={700} c="dimmed" mb={4}>{label}</Text>
      <div className="class-chips">
        {choices.map((c, i) => (
          <button key={c.name} type="button" className="class-chip" aria-pressed={c.chosen} disabled={!c.may} style={{ ['--chip' as string]: classColor(c.name) }} onClick={c.onToggle}>
            {digits && i < 9 && <kbd>{i + 1}</kbd>}<span className="swatch" style={{ background: classColor(c.name) }} />{c.name}
          </button>
        ))}
      </div>
    </section>
  );
}
