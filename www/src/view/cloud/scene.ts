/** A point cloud drawn by three.js. Loaded only when a cloud is shown; it draws when something has changed and rests in between. */
import {
  BufferAttribute, BufferGeometry, Color, LineBasicMaterial, LineLoop, PerspectiveCamera, Points, Scene, ShaderMaterial, SRGBColorSpace, WebGLRenderer,
} from 'three';
import { OrbitControls } from 'three/addons/controls/OrbitControls.js';
import { DISTANCES, eyeOf, FIELD_OF_VIEW, FIRST_ORBIT, floorRim, orbitOf, type Orbit } from './camera';
import type { CloudRenderer } from './flat';
import type { PaintedPoints } from './paint';

/** Discs that look round: lit from the eye, fading into the ground with the distance, as `strengthAt` says. */
const VERTEX = `
attribute vec3 tint;
attribute float radius;
uniform float lens;
uniform float middle;
varying vec3 colour;
varying float strength;
void main() {
  vec4 place = modelViewMatrix * vec4(position, 1.0);
  float away = -place.z;
  gl_Position = projectionMatrix * place;
  gl_PointSize = max(1.5, 2.0 * radius * lens / away);
  colour = tint;
  strength = 1.0 - 0.55 * clamp((away - middle + 1.0) / 2.0, 0.0, 1.0);
}`;
const FRAGMENT = `
uniform vec3 ground;
varying vec3 colour;
varying float strength;
void main() {
  vec2 place = 2.0 * gl_PointCoord - 1.0;
  float rim = dot(place, place);
  float edge = fwidth(rim);
  float cover = 1.0 - smoothstep(1.0 - edge, 1.0 + edge, rim);
  if (cover <= 0.0) discard;
  float light = 0.82 + 0.18 * sqrt(max(0.0, 1.0 - rim));
  gl_FragColor = vec4(mix(ground, colour * light, strength), cover);
}`;

/** Long enough for so small shaders. */
const COMPILE_MS = 120;

export class SceneCloud implements CloudRenderer {
  onOrbit: ((orbit: Orbit) => void) | undefined;
  /** Called when the browser has taken the GPU away. */
  onLost: (() => void) | undefined;
  private readonly renderer: WebGLRenderer;
  private readonly scene = new Scene();
  private readonly camera = new PerspectiveCamera((FIELD_OF_VIEW * 180) / Math.PI, 1, 0.05, 20);
  private readonly controls: OrbitControls;
  private readonly material = new ShaderMaterial({
    vertexShader: VERTEX,
    fragmentShader: FRAGMENT,
    uniforms: { lens: { value: 1 }, middle: { value: 1 }, ground: { value: new Color() } },
    alphaToCoverage: true,
  });
  private readonly cloud = new Points(new BufferGeometry(), this.material);
  private readonly rimMaterial = new LineBasicMaterial();
  private readonly rim = new LineLoop(new BufferGeometry(), this.rimMaterial);
  private readonly sizes: ResizeObserver;
  private readonly lost = (): void => { this.onLost?.(); };
  private asked = 0;
  private width = 0;
  private height = 0;
  private sized = '';

  /** Draws on a canvas with its context: three.js would write a refused one into the console. */
  constructor(readonly canvas: HTMLCanvasElement, context: WebGL2RenderingContext) {
    this.renderer = new WebGLRenderer({ canvas, context });
    this.canvas.addEventListener('webglcontextlost', this.lost);
    this.scene.add(this.rim, this.cloud);
    this.cloud.frustumCulled = false;
    this.rim.frustumCulled = false;
    this.camera.up.set(0, 0, 1);
    this.controls = new OrbitControls(this.camera, this.canvas);
    this.controls.enablePan = false;
    [this.controls.minDistance, this.controls.maxDistance] = DISTANCES;
    // A finger that moves up or down still scrolls the page.
    this.canvas.style.touchAction = 'pan-y';
    this.look(FIRST_ORBIT);
    this.controls.addEventListener('change', () => {
      this.redraw();
      this.onOrbit?.(orbitOf(...this.camera.position.toArray()));
    });
    this.sizes = new ResizeObserver(([entry]) => {
      if (entry === undefined) return;
      this.width = entry.contentRect.width;
      this.height = entry.contentRect.height;
      this.redraw();
    });
    this.sizes.observe(this.canvas);
  }

  /** Has the shaders compiled beside the page's own work; the first picture would wait for them. */
  async compile(): Promise<void> {
    // Where it cannot be asked whether they are done, three.js would complain in the console.
    if (this.renderer.extensions.has('KHR_parallel_shader_compile')) await this.renderer.compileAsync(this.scene, this.camera);
    else {
      this.renderer.compile(this.scene, this.camera);
      await new Promise((resume) => { setTimeout(resume, COMPILE_MS); });
    }
  }

  place(points: Float32Array, floor: number): void {
    this.cloud.geometry.dispose();
    this.cloud.geometry = new BufferGeometry()
      .setAttribute('position', new BufferAttribute(points, 3))
      .setAttribute('tint', new BufferAttribute(new Float32Array(points.length), 3))
      .setAttribute('radius', new BufferAttribute(new Float32Array(points.length / 3), 1));
    this.rim.geometry.dispose();
    this.rim.geometry = new BufferGeometry().setAttribute('position', new BufferAttribute(floorRim(floor), 3));
  }

  paint({ colours, radii, ground, line }: PaintedPoints): void {
    const { tint, radius } = this.cloud.geometry.attributes;
    if (tint instanceof BufferAttribute) tint.copyArray(colours).needsUpdate = true;
    if (radius instanceof BufferAttribute) radius.copyArray(radii).needsUpdate = true;
    const shade: unknown = this.material.uniforms.ground?.value;
    if (shade instanceof Color) shade.setRGB(...ground);
    this.renderer.setClearColor(new Color().setRGB(...ground, SRGBColorSpace), 1);
    this.rimMaterial.color.setRGB(...line, SRGBColorSpace);
    this.redraw();
  }

  look(orbit: Orbit): void {
    this.camera.position.set(...eyeOf(orbit));
    this.controls.update();
    this.redraw();
  }

  letGo(): void {
    cancelAnimationFrame(this.asked);
    this.asked = -1;
    this.sizes.disconnect();
    this.canvas.removeEventListener('webglcontextlost', this.lost);
    this.controls.dispose();
    this.cloud.geometry.dispose();
    this.rim.geometry.dispose();
    this.material.dispose();
    this.rimMaterial.dispose();
    this.renderer.dispose();
    // A browser gives a page only so many contexts, and takes them back late.
    this.renderer.forceContextLoss();
  }

  private redraw(): void {
    if (this.asked !== 0) return;
    this.asked = requestAnimationFrame(() => {
      this.asked = 0;
      this.draw();
    });
  }

  private draw(): void {
    const { width, height, camera, renderer } = this;
    if (width === 0 || height === 0) return;
    const size = `${width} ${height} ${window.devicePixelRatio}`;
    if (size !== this.sized) {
      this.sized = size;
      renderer.setPixelRatio(window.devicePixelRatio);
      renderer.setSize(width, height, false);
    }
    camera.aspect = width / height;
    // In a picture that is higher than wide the width decides.
    const half = Math.tan(FIELD_OF_VIEW / 2) / Math.min(1, camera.aspect);
    camera.fov = (2 * Math.atan(half) * 180) / Math.PI;
    camera.updateProjectionMatrix();
    const { lens, middle } = this.material.uniforms;
    if (lens !== undefined) lens.value = (height * window.devicePixelRatio) / (2 * half);
    if (middle !== undefined) middle.value = camera.position.length();
    renderer.render(this.scene, camera);
  }
}
