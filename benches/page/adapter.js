/** What the backends say that they run on. */

const SOFTWARE = /swiftshader|llvmpipe|softpipe|lavapipe|software|basic render/i;

/** Whether an adapter of this name is a processor that plays a GPU. */
export const isSoftware = (adapter) => SOFTWARE.test(adapter);

/** The name of a WebGPU adapter. */
export const nameOf = ({ vendor, architecture, description }) => [vendor, architecture, description].filter(Boolean).join(' ');
