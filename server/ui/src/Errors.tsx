import { Alert, List } from '@mantine/core';
import { IconAlertTriangle } from '@tabler/icons-react';
import { ApiError, type Problem } from './api/client';

/** Says what went wrong and what to do. */
export function ErrorNote({ error }: { error: unknown }) {
  const known = error instanceof ApiError ? error : null;
  const problems: Problem[] = known && known.problems.length > 0 ? known.problems
    : [{ code: '', message: error instanceof Error ? error.message : String(error), ...(known?.remedy ? { remedy: known.remedy } : {}) }];
  return <Problems problems={problems} />;
}

/** A sentence, and below it the place in a text that it is about. */
function Message({ text }: { text: string }) {
  const [sentence, ...place] = text.split('\n');
  return <>{sentence}{place.length > 0 && <pre className="place">{place.join('\n')}</pre>}</>;
}

export function Problems({ problems }: { problems: Problem[] }) {
  return (
    <Alert color="red" variant="light" icon={<IconAlertTriangle size={18} />} role="alert" title={problems.length > 1 ? `${problems.length} problems` : undefined}>
      <List size="sm" listStyleType={problems.length > 1 ? 'disc' : 'none'} withPadding={false}>
        {problems.map((p) => (
          <List.Item key={p.code + p.message}><Message text={p.message} />{p.remedy ? <div><em>{p.remedy}</em></div> : null}</List.Item>
        ))}
      </List>
    </Alert>
  );
}
