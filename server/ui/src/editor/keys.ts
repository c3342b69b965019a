// The keys of the editor: one table for what they do and for the help that ? shows.
export type Command =
  | 'next' | 'previous' | 'complete' | 'skip' | 'draw' | 'select' | 'undo' | 'redo' | 'hide' | 'hideAll' | 'copy' | 'cut' | 'paste' | 'duplicate'
  | 'repeat' | 'selectAll' | 'delete' | 'zoomTo' | 'fit' | 'zoomIn' | 'zoomOut' | 'help' | 'escape' | 'save' | 'attributes' | 'cycle' | 'cycleBack' | 'searchClass' | 'finish' | 'missing' | 'brush' | 'erase' | 'fill' | 'lasso' | 'bucket' | 'takeAway' | 'narrower' | 'wider'
  | VideoCommand | `nudge:${number},${number}` | `digit:${number}`;
/** What there is in videos only. */
export type VideoCommand = 'play' | 'nextFrame' | 'previousFrame' | 'framesOn' | 'framesBack' | 'firstFrame' | 'lastFrame' | 'nextKey' | 'previousKey' | 'key' | 'outside' | 'deleteFromHere' | 'merge' | 'split' | 'goTo' | 'drawKind' | 'propagate';

interface Stroke { key: string; ctrlKey: boolean; metaKey: boolean; shiftKey: boolean; altKey: boolean }

const PLAIN: Record<string, Command> = {
  f: 'next', d: 'previous', n: 'draw', v: 'select', h: 'hide', r: 'repeat', z: 'zoomTo', '0': 'fit', '+': 'zoomIn', '=': 'zoomIn', '-': 'zoomOut', '?': 'help',
  Escape: 'escape', Delete: 'delete', Backspace: 'delete', '.': 'cycle', ',': 'cycleBack', '/': 'searchClass', Enter: 'finish', m: 'missing', b: 'brush', e: 'erase', p: 'fill', l: 'lasso', g: 'bucket', x: 'takeAway', '[': 'narrower', ']': 'wider',
};
const CONTROL: Record<string, Command> = { z: 'undo', y: 'redo', c: 'copy', x: 'cut', v: 'paste', d: 'duplicate', a: 'selectAll', s: 'save', Enter: 'complete', ' ': 'skip' };
const ARROWS: Record<string, [number, number]> = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };

/** Keys that mean something else in a video. */
const VIDEO: Record<string, Command> = {
  f: 'nextFrame', d: 'previousFrame', '.': 'nextFrame', ',': 'previousFrame', Home: 'firstFrame', End: 'lastFrame', k: 'key', o: 'outside', r: 'nextKey', e: 'previousKey', m: 'merge', g: 'goTo', t: 'drawKind',
  PageDown: 'next', PageUp: 'previous',
};
const VIDEO_SHIFT: Record<string, Command> = { f: 'framesOn', d: 'framesBack', '>': 'framesOn', '<': 'framesBack', Delete: 'deleteFromHere' };
const NO_VIDEO = new Set<Command>(['repeat', 'brush', 'erase', 'fill', 'lasso', 'bucket', 'takeAway', 'narrower', 'wider']);

/** What a key stroke asks for on a video. */
export function videoCommandOf(e: Stroke, selected: boolean): Command | null {
  const key = e.key.length === 1 ? e.key.toLowerCase() : e.key;
  if (!e.ctrlKey && !e.metaKey) {
    if (e.altKey) return key === 'm' ? 'split' : null;
    if (e.shiftKey && VIDEO_SHIFT[key]) return VIDEO_SHIFT[key];
    if (VIDEO[key]) return VIDEO[key];
    if (!selected && /^Arrow(Left|Right)$/.test(key)) return key === 'ArrowRight' ? (e.shiftKey ? 'framesOn' : 'nextFrame') : e.shiftKey ? 'framesBack' : 'previousFrame';
  }
  if ((e.ctrlKey || e.metaKey) && key === 'b') return 'propagate';
  const command = commandOf(e, selected);
  return command !== null && NO_VIDEO.has(command) ? null : command;
}

/** What a key stroke asks for; arrows nudge while something is selected and turn the page otherwise. */
export function commandOf(e: Stroke, selected: boolean): Command | null {
  const key = e.key.length === 1 ? e.key.toLowerCase() : e.key;
  if (e.ctrlKey || e.metaKey) {
    if (key === 'z' && e.shiftKey) return 'redo';
    return CONTROL[key] ?? null;
  }
  if (e.altKey) return null;
  const arrow = ARROWS[key];
  if (arrow && selected) {
    const step = e.shiftKey ? 10 : 1;
    return `nudge:${arrow[0] * step},${arrow[1] * step}`;
  }
  if (arrow) return arrow[0] > 0 ? 'next' : arrow[0] < 0 ? 'previous' : null;
  if (key === 'h' && e.shiftKey) return 'hideAll';
  if (key === 'Tab') return selected && !e.shiftKey ? 'attributes' : null;
  if (/^[1-9]$/.test(key)) return `digit:${Number(key)}`;
  return PLAIN[key] ?? null;
}

type Help = [string, [string, string][]][];

const VIDEO_HELP: Help = [
  ['Frames', [['Space', 'play, pause'], ['F / D, . / ,', 'next / previous frame'], ['→ / ←', 'the same, while nothing is selected'], ['Shift F / D', '10 frames on / back'], ['Home / End', 'first / last frame'], ['G', 'go to a frame'], ['R / E', 'next / previous key frame of the selection']]],
  ['Tracks', [['N', 'draw: what you draw is on this frame and all that follow'], ['T', 'draw tracks, or labels of one frame'], ['K', 'key frame here, or none'], ['O', 'not on the frames from here to the next key frame, or again'], ['Del', 'delete the object on all frames'], ['Shift Del', 'delete it from this frame on'], ['Ctrl B', 'the selection as it is here on the frames that follow'], ['M', 'merge the selected tracks into one'], ['Alt M', 'split the selected tracks here']]],
];

/** The keys that there are, on pictures or on videos. */
export function help(video: boolean): Help {
  if (!video) return HELP;
  const samples: Help[number] = ['Samples', [['Page down / up', 'next / previous sample'], ...HELP[0]![1].slice(2)]];
  const labels: Help[number] = ['Labels', HELP[1]![1].filter(([k]) => !/^(, \/ \.|Del)$/.test(k))];
  const again: Help[number] = ['Again', HELP[3]![1].filter(([k]) => k !== 'R')];
  return [VIDEO_HELP[0]!, VIDEO_HELP[1]!, labels, samples, again, HELP[4]!];
}

const HELP: Help = [
  ['Samples', [['F / →', 'next sample'], ['D / ←', 'previous sample'], ['Ctrl Enter', 'done, and next'], ['Ctrl Space', 'skip'], ['Ctrl S', 'save now (it saves itself)']]],
  ['Labels', [['N', 'draw: drag a box, click the points of a line, polygon or keypoints'], ['Enter', 'end the line, polygon or keypoints (or a click on the first point)'], ['M', 'this keypoint cannot be seen'], ['drag a point', 'move it; a middle makes a new one'], ['double click a point', 'take it out'], ['V', 'select'], ['1 … 9', 'class of the selection, the next label, or the picture'], ['/', 'search a class, where there are many'], ['Tab, 1 … 9', 'attribute of the selection'], ['Del', 'delete'], [', / .', 'previous / next label'], ['Ctrl A', 'select all'], ['Shift click', 'select several'], ['arrows', 'nudge by 1 pixel, with Shift by 10']]],
  ['Masks', [['B', 'brush: paints on the selected object or a new one, or the class of a segmentation'], ['E', 'eraser'], ['P', 'fill an outline: click its corners'], ['L', 'lasso: fill an outline drawn by hand'], ['G', 'bucket: fill a hole, or all pixels that are joined and of one kind'], ['X', 'lasso and bucket take away, or add again; with Shift the other way once'], ['N', 'paint a new object'], ['[ / ]', 'narrower / wider brush'], ['Ctrl Z', 'takes the last stroke back']]],
  ['Again', [['Ctrl Z', 'undo'], ['Ctrl Shift Z, Ctrl Y', 'redo'], ['Ctrl C, X, V', 'copy, cut, paste, across samples'], ['Ctrl D', 'duplicate'], ['R', 'repeat the labels of the previous sample']]],
  ['View', [['wheel', 'zoom'], ['Space drag', 'pan'], ['Z', 'zoom to the selection'], ['0', 'fit'], ['H', 'hide the selection'], ['Shift H', 'hide all'], ['hold Alt', 'peek at the picture'], ['Esc', 'leave the tool, deselect'], ['?', 'this help']]],
];
