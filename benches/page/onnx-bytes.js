/** Writes a graph as the bytes of an ONNX model: just the messages and fields of onnx.proto that our networks need. */

import { PbfWriter } from 'pbf';

/** Not the newest versions, so that any runtime of today reads the model. */
const IR_VERSION = 8;
const OPERATORS = 17;

const FLOAT_TENSOR = 1;
const FLOAT_ATTRIBUTE = 1;
const INTS_ATTRIBUTE = 7;

function writeAttribute([name, value], out) {
  const isList = Array.isArray(value);
  out.writeStringField(1, name);
  if (isList) value.forEach((item) => out.writeVarintField(8, item));
  else out.writeFloatField(2, value);
  out.writeVarintField(20, isList ? INTS_ATTRIBUTE : FLOAT_ATTRIBUTE);
}

function writeNode({ operator, inputs, output, attributes }, out) {
  inputs.forEach((name) => out.writeStringField(1, name));
  out.writeStringField(2, output);
  out.writeStringField(3, output);
  out.writeStringField(4, operator);
  Object.entries(attributes).forEach((attribute) => out.writeMessage(5, writeAttribute, attribute));
}

function writeConstant({ name, shape, values }, out) {
  shape.forEach((size) => out.writeVarintField(1, size));
  out.writeVarintField(2, FLOAT_TENSOR);
  out.writeStringField(8, name);
  out.writeBytesField(9, new Uint8Array(values.buffer, values.byteOffset, values.byteLength));
}

const writeSize = (size, out) => out.writeVarintField(1, size);
const writeShape = (shape, out) => shape.forEach((size) => out.writeMessage(1, writeSize, size));

function writeTensorType(shape, out) {
  out.writeVarintField(1, FLOAT_TENSOR);
  out.writeMessage(2, writeShape, shape);
}

const writeType = (shape, out) => out.writeMessage(1, writeTensorType, shape);

function writeTensor({ name, shape }, out) {
  out.writeStringField(1, name);
  out.writeMessage(2, writeType, shape);
}

function writeGraph({ nodes, constants, input, output }, out) {
  nodes.forEach((node) => out.writeMessage(1, writeNode, node));
  out.writeStringField(2, 'network');
  constants.forEach((constant) => out.writeMessage(5, writeConstant, constant));
  out.writeMessage(11, writeTensor, input);
  out.writeMessage(12, writeTensor, output);
}

const writeOperators = (version, out) => out.writeVarintField(2, version);

/** A graph that grows node by node. Tensors are known by their names, and all are of 32-bit floats. */
export class OnnxGraph {
  #nodes = [];
  #constants = [];

  /** Adds a node and names its output. An attribute is a list of integers or a float. */
  node(operator, inputs, attributes = {}, output = `${operator}${this.#nodes.length}`) {
    this.#nodes.push({ operator, inputs, output, attributes });
    return output;
  }

  constant(name, shape, values) {
    this.#constants.push({ name, shape, values });
    return name;
  }

  /** The model's bytes. The input and the output are names with shapes. */
  bytes(input, output) {
    const out = new PbfWriter();
    out.writeVarintField(1, IR_VERSION);
    out.writeMessage(7, writeGraph, { nodes: this.#nodes, constants: this.#constants, input, output });
    out.writeMessage(8, writeOperators, OPERATORS);
    return out.finish();
  }
}
