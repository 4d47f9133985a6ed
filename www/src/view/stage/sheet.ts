/** A drawing that is made anew only when what it shows has changed: of the stage only what moves is drawn at every frame. */
import type { Box } from './scene';

export class Sheet {
  private readonly canvas = document.createElement('canvas');
  private shown = '';

  /** Forgets what it shows. */
  clear(): void {
    this.shown = '';
  }

  /**
   * Lays the drawing over its box. `key` names what it shows, `paint` makes it, with the places of the whole stage; sizes are in pixels
   * of the page, `scale` device pixels in one of them.
   */
  lay(context: CanvasRenderingContext2D, key: string, box: Box, scale: number, paint: (own: CanvasRenderingContext2D) => void): void {
    const { canvas } = this;
    if (key !== this.shown) {
      this.shown = key;
      // Setting a size clears it, even to what it was.
      [canvas.width, canvas.height] = [Math.max(1, Math.round(box.width * scale)), Math.max(1, Math.round(box.height * scale))];
      const own = canvas.getContext('2d');
      if (own === null) return;
      own.setTransform(scale, 0, 0, scale, -box.left * scale, -box.top * scale);
      paint(own);
    }
    context.drawImage(canvas, box.left, box.top, box.width, box.height);
  }
}
