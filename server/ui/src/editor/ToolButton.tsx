// A button of the editor's toolbar.
import { ActionIcon, Tooltip } from '@mantine/core';

export function ToolButton({ label, keys, active, disabled, onClick, children }: { label: string; keys: string; active?: boolean; disabled?: boolean; onClick(): void; children: React.ReactNode }) {
  return (
    <Tooltip label={`${label} (${keys})`} position="right">
      <ActionIcon size={36} variant={active ? 'filled' : 'subtle'} color={active ? undefined : 'gray'} aria-label={label} aria-pressed={active} disabled={disabled} onClick={onClick} onMouseDown={(e) => e.preventDefault()}>{children}</ActionIcon>
    </Tooltip>
  );
}
