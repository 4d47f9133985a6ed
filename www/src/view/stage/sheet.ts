/** A drawing that is made anew only when what it shows has changed: of the stage only what moves is drawn at every frame. */
export class Sheet {
  private readonly canvas = document.createElement('canvas');
  private shown = '';

  /** Forgets what it shows. */
  clear(): void {
    this.shown = '';
  }

  /** Lays the drawing over a canvas. `key` names what it shows; sizes are in pixels of the page, `scale` device pixels in one of them. */
  lay(context: CanvasRenderingContext2D, key: string, width: number, height: number, scale: number, paint: (own: CanvasRenderingContext2D) => void): void {
    const { canvas } = this;
    if (key !== this.shown) {
      this.shown = key;
      const [wide, high] = [Math.round(width * scale), Math.round(height * scale)];
      // Setting a size clears it, even to what it was.
      [canvas.width, canvas.height] = [wide, high];
      const own = canvas.getContext('2d');
      if (own === null) return;
      own.setTransform(scale, 0, 0, scale, 0, 0);
      paint(own);
    }
    context.drawImage(canvas, 0, 0, width, height);
  }
}
