/** What the backends say that they run on. */

const SOFTWARE = /swiftshader|llvmpipe|softpipe|lavapipe|software|basic render/i;

/** Whether an adapter of this name is a processor that plays a GPU. */
export const isSoftware = (adapter) => SOFTWARE.test(adapter);

/** The name of a WebGPU adapter. */
export const nameOf = ({ vendor, architecture, description }) => [vendor, architecture, description].filter(Boolean).join(' ');

/** The name of the WebGPU adapter that this browser offers. */
export async function adapterName() {
  const adapter = await navigator.gpu?.requestAdapter();
  if (!adapter) throw new Error('this browser offers no WebGPU adapter');
  return nameOf(adapter.info);
}
