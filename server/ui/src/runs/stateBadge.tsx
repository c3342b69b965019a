// How far a run is, as a small sign.
import { Badge } from '@mantine/core';

export const stateBadge = (state: string) => {
  const color = { planned: 'gray', uploading: 'blue', waiting: 'orange', loading: 'blue', loaded: 'teal', failed: 'red', cleaned: 'gray' }[state] ?? 'gray';
  return <Badge color={color} variant="light" tt="none" style={{ flex: 'none' }}>{state}</Badge>;
};
