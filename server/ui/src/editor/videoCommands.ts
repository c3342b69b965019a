// What commands do on a video.
import type { Player } from '../model/player';
import type { Command } from './keys';
import type { VideoModel } from './videoModel';

/** Does what a command asks for in a video; answers false if that is the same as on a picture. */
export function onVideo(command: Command, model: VideoModel, player: Player): boolean {
  switch (command) {
    case 'play': player.toggle(); break;
    case 'nextFrame': player.step(1); break;
    case 'previousFrame': player.step(-1); break;
    case 'framesOn': player.step(10); break;
    case 'framesBack': player.step(-10); break;
    case 'firstFrame': model.onGo(1); break;
    case 'lastFrame': model.onGo(model.frameCount); break;
    case 'nextKey': go(model, model.keyNear(1)); break;
    case 'previousKey': go(model, model.keyNear(-1)); break;
    case 'key': model.toggleKey(); break;
    case 'outside': model.toggleOutside(); break;
    case 'deleteFromHere': model.removeFromHere(); break;
    case 'merge': if (model.tool === 'draw') model.sketchPoint(null); else model.merge(); break;
    case 'split': model.split(); break;
    case 'goTo': document.querySelector<HTMLInputElement>('[data-testid=frame]')?.select(); break;
    case 'propagate': if (model.selected.size > 0) model.ask('propagate'); break;
    case 'drawKind': model.setDraws(model.draws === 'track' ? 'frame' : 'track'); break;
    default: return false;
  }
  return true;
}

function go(model: VideoModel, frame: number | null): void {
  if (frame !== null) model.onGo(frame);
}
