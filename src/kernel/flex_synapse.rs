//! The CPU's synapses: products and convolutions as sums over events ([`super::events`]).

use burn::backend::ops::FloatTensorOps;
use burn::backend::tensor::FloatTensor;
use burn::backend::{Flex, TensorData};
use burn_flex::FlexTensor;
use multiversion::multiversion;

use super::events::{Background, Block, Blocks, Events, Map, add, add_window, by_width};
use super::flex::floats;
use super::flex_norm::lanes;
use super::synapse::{Bias, SynapseOps, Window};
use super::transpose::transpose;

/// Rows of a matrix that are packed at a time.
const ROWS: usize = 128;
/// Inputs at a time, so that the weights of a block of outputs stay in the first-level cache.
const INPUTS: usize = 128;
/// The share of numbers that are events from which the library's dense product is the faster one: natively it has the widest
/// vectors of all, in a browser it never is (docs/performance.md).
const DENSE: f32 = if cfg!(target_arch = "wasm32") { 1.0 } else { 0.15 };
/// Sums the other way round have to be so much cheaper, because their result has to be turned over.
const WORTH_TURNING: f32 = 0.8;

impl SynapseOps for Flex {
    fn product(x: FloatTensor<Self>, weight: FloatTensor<Self>, bias: Bias<Self>) -> FloatTensor<Self> {
        let x = x.to_contiguous();
        let background = Background::around(floats(&x), x.layout().shape()[1]);
        if !is_sparse(&background) {
            let y = Self::float_matmul(x, weight);
            return match bias {
                Bias::Of(bias) => {
                    let outputs = bias.layout().shape()[0];
                    Self::float_add(y, Self::float_reshape(bias, [1, outputs].into()))
                }
                Bias::None => y,
            };
        }
        let (weight, bias) = (weight.to_contiguous(), contiguous(bias));
        let [rows, _, outputs] = sizes(&x, &weight);
        let values = floats(&weight);
        let weight = Blocks::of(values.len() / outputs, outputs, |row, column| values[row * outputs + column]);
        tensor(product(floats(&x), &background, &weight, bias.as_ref().map(floats)), [rows, outputs])
    }

    fn product_to_input(gradient: FloatTensor<Self>, weight: FloatTensor<Self>) -> FloatTensor<Self> {
        let gradient = gradient.to_contiguous();
        let background = Background::of(floats(&gradient), 0.0);
        if !is_sparse(&background) {
            return Self::float_matmul(gradient, Self::float_transpose(weight));
        }
        let weight = weight.to_contiguous();
        let (rows, outputs) = (gradient.layout().shape()[0], gradient.layout().shape()[1]);
        let values = floats(&weight);
        let inputs = values.len() / outputs;
        let weight = Blocks::of(outputs, inputs, |row, column| values[column * outputs + row]);
        tensor(product(floats(&gradient), &background, &weight, None), [rows, inputs])
    }

    fn product_to_weight(gradient: FloatTensor<Self>, x: FloatTensor<Self>) -> (FloatTensor<Self>, FloatTensor<Self>) {
        let (gradient, x) = (gradient.to_contiguous(), x.to_contiguous());
        let [_, inputs, outputs] = sizes(&x, &gradient);
        let mut of_bias = vec![0.0; outputs];
        for gradient in floats(&gradient).chunks(outputs) {
            of_bias.iter_mut().zip(gradient).for_each(|(sum, gradient)| *sum += gradient);
        }
        let of_x = Background::around(floats(&x), inputs);
        let of_gradient = Background::of(floats(&gradient), 0.0);
        // Each event of one adds a row of the other, padded to whole vectors.
        let cost = |events: f32, own: usize, other: usize| events * (own * other.next_multiple_of(4)) as f32;
        let (straight, around) = (cost(of_x.events, inputs, outputs), cost(of_gradient.events, outputs, inputs));
        let of_weight = if around < WORTH_TURNING * straight && is_sparse(&of_gradient) {
            // Few gradients, as behind a maximum over points: the sums run over those.
            let turned = product_to_weight(floats(&x), floats(&gradient), &of_gradient, inputs);
            let mut of_weight = vec![0.0; inputs * outputs];
            transpose(&turned, inputs, &mut of_weight, outputs, [outputs, inputs]);
            tensor(of_weight, [inputs, outputs])
        } else if is_sparse(&of_x) {
            tensor(product_to_weight(floats(&gradient), floats(&x), &of_x, outputs), [inputs, outputs])
        } else {
            Self::float_matmul(Self::float_transpose(x), gradient)
        };
        (of_weight, tensor(of_bias, [outputs]))
    }

    fn convolve(
        x: FloatTensor<Self>,
        weight: FloatTensor<Self>,
        bias: Bias<Self>,
        window: Window,
    ) -> FloatTensor<Self> {
        let (x, weight, bias) = (x.to_contiguous(), weight.to_contiguous(), contiguous(bias));
        let [samples, channels, height, width] = x.layout().shape().dims();
        let outputs = weight.layout().shape()[0];
        let (kernel, values) = (window.kernel, floats(&weight));
        let weight = Blocks::of(kernel * kernel * channels, outputs, |row, output| {
            let (tap, channel) = (row / channels, row % channels);
            values[(output * channels + channel) * kernel * kernel + tap]
        });
        let map = Map { channels, height, width, dilation: 1 };
        let (height, width) = (window.output(height), window.output(width));
        let y = convolve(floats(&x), map, &weight, bias.as_ref().map(floats), window, [height, width]);
        tensor(y, [samples, outputs, height, width])
    }

    fn convolve_to_input(
        gradient: FloatTensor<Self>,
        weight: FloatTensor<Self>,
        window: Window,
        [height, width]: [usize; 2],
    ) -> FloatTensor<Self> {
        let (gradient, weight) = (gradient.to_contiguous(), weight.to_contiguous());
        let [samples, outputs, given_height, given_width] = gradient.layout().shape().dims();
        let channels = weight.layout().shape()[1];
        let (kernel, values) = (window.kernel, floats(&weight));
        // The same convolution backwards: a gradient reaches what its window saw, through the kernel turned by half.
        let weight = Blocks::of(kernel * kernel * outputs, channels, |row, channel| {
            let (tap, output) = (kernel * kernel - 1 - row / outputs, row % outputs);
            values[(output * channels + channel) * kernel * kernel + tap]
        });
        let map = Map { channels: outputs, height: given_height, width: given_width, dilation: window.stride };
        let window = Window { stride: 1, ..window };
        let of_input = convolve(floats(&gradient), map, &weight, None, window, [height, width]);
        tensor(of_input, [samples, channels, height, width])
    }

    fn convolve_to_weight(
        gradient: FloatTensor<Self>,
        x: FloatTensor<Self>,
        window: Window,
    ) -> (FloatTensor<Self>, FloatTensor<Self>) {
        let (gradient, x) = (gradient.to_contiguous(), x.to_contiguous());
        let [_, channels, height, width] = x.layout().shape().dims();
        let [_, outputs, given_height, given_width] = gradient.layout().shape().dims();
        let map = Map { channels: outputs, height: given_height, width: given_width, dilation: window.stride };
        let (of_weight, of_bias) =
            convolve_to_weight(floats(&gradient), map, floats(&x), [channels, height, width], window);
        (tensor(of_weight, [outputs, channels, window.kernel, window.kernel]), tensor(of_bias, [outputs]))
    }
}

fn contiguous(bias: Bias<Flex>) -> Option<FlexTensor> {
    match bias {
        Bias::Of(bias) => Some(bias.to_contiguous()),
        Bias::None => None,
    }
}

fn tensor<const D: usize>(values: Vec<f32>, shape: [usize; D]) -> FlexTensor {
    FlexTensor::from_data(TensorData::new(values, shape))
}

/// Rows and columns of the first matrix, columns of the second.
fn sizes(one: &FlexTensor, other: &FlexTensor) -> [usize; 3] {
    let (one, other) = (one.layout().shape(), other.layout().shape());
    [one[0], one[1], other[1]]
}

/// Whether sums over events are the faster ones.
fn is_sparse(background: &Background) -> bool {
    background.events <= DENSE
}

/// `[N, rows]` times `[rows, columns]`, plus `[columns]`.
#[multiversion(targets("x86_64+avx2+fma"))]
fn product(x: &[f32], background: &Background, weight: &Blocks, bias: Option<&[f32]>) -> Vec<f32> {
    let (inputs, outputs) = (weight.rows(), weight.columns());
    let mut y = vec![0.0; x.len() / inputs * outputs];
    let rows = ROWS.min(x.len() / inputs);
    let mut events = Events::new(rows * inputs.div_ceil(INPUTS), rows * inputs);
    let mut sums = vec![];
    for (x, y) in x.chunks(ROWS * inputs).zip(y.chunks_mut(ROWS * outputs)) {
        events.clear();
        for row in x.chunks(inputs) {
            for (tile, values) in row.chunks(INPUTS).enumerate() {
                events.start();
                events.extend_around(background, values, tile * INPUTS);
            }
        }
        events.start();
        for block in weight.iter() {
            by_width!(block.width, rows_through(&events, background, block, bias, &mut sums, y, outputs));
        }
    }
    y
}

#[inline(always)]
fn rows_through<const W: usize>(
    events: &Events,
    background: &Background,
    block: &Block,
    bias: Option<&[f32]>,
    sums: &mut Vec<f32>,
    y: &mut [f32],
    outputs: usize,
) {
    let weight = block.rows::<W>();
    sums.resize(y.len() / outputs * W, 0.0);
    let (sums, tiles) = (sums.as_chunks_mut::<W>().0, weight.len().div_ceil(INPUTS));
    sums.fill(block.without_events(background));
    for tile in 0..tiles {
        for (place, sum) in sums.iter_mut().enumerate() {
            let mut more = *sum;
            add(&mut more, events.of(place * tiles + tile, 1), weight, 0);
            *sum = more;
        }
    }
    let bias = block.of_bias::<W>(bias);
    for (sums, y) in sums.iter().zip(y.chunks_mut(outputs)) {
        let y = &mut y[block.first..block.first + block.used];
        y.iter_mut().zip(sums).zip(bias).for_each(|((y, sum), bias)| *y = sum + bias);
    }
}

/// `x` transposed, `[inputs, N]`, times the gradient, `[N, outputs]`.
#[multiversion(targets("x86_64+avx2+fma"))]
fn product_to_weight(gradient: &[f32], x: &[f32], background: &Background, outputs: usize) -> Vec<f32> {
    let samples = gradient.len() / outputs;
    let inputs = x.len() / samples;
    let mut of_weight = vec![0.0; inputs * outputs];
    let columns_of_blocks = Blocks::zeros(0, outputs);
    let most = ROWS.min(samples);
    let mut events = Events::new(inputs, inputs * most);
    let mut columns = vec![0.0; inputs * most];
    let mut rows = vec![];
    for (x, gradient) in x.chunks(ROWS * inputs).zip(gradient.chunks(ROWS * outputs)) {
        let count = x.len() / inputs;
        transpose(x, inputs, &mut columns, count, [count, inputs]);
        events.clear();
        for (input, column) in columns[..x.len()].chunks(count).enumerate() {
            events.start();
            events.extend_few(column, 0, background.at(input), background.events);
        }
        events.start();
        for block in columns_of_blocks.iter() {
            by_width!(block.width, rows_onto(&events, background, gradient, outputs, block, &mut rows, &mut of_weight));
        }
    }
    of_weight
}

#[inline(always)]
fn rows_onto<const W: usize>(
    events: &Events,
    background: &Background,
    gradient: &[f32],
    outputs: usize,
    block: &Block,
    rows: &mut Vec<f32>,
    of_weight: &mut [f32],
) {
    rows.clear();
    rows.resize(gradient.len() / outputs * W, 0.0);
    let (rows, of_block) = (rows.as_chunks_mut::<W>().0, block.first..block.first + block.used);
    for (row, gradient) in rows.iter_mut().zip(gradient.chunks(outputs)) {
        row[..block.used].copy_from_slice(&gradient[of_block.clone()]);
    }
    let of_part = |number: &f32| {
        let mut sums = [0.0; W];
        for row in rows.iter() {
            sums.iter_mut().zip(row).for_each(|(sum, gradient)| *sum += number * *gradient);
        }
        sums
    };
    let of_parts: Vec<[f32; W]> = background.parts().iter().map(of_part).collect();
    for (input, of_weight) in of_weight.chunks_mut(outputs).enumerate() {
        let mut more = of_parts[background.part_of(input)];
        add(&mut more, events.of(input, 1), rows, 0);
        of_weight[of_block.clone()].iter_mut().zip(more).for_each(|(sum, more)| *sum += more);
    }
}

/// `[N, channels, height, width]` through `[kernel * kernel * channels, outputs]` to `[N, outputs, size]`, with zeros around.
#[multiversion(targets("x86_64+avx2+fma"))]
fn convolve(
    x: &[f32],
    map: Map,
    weight: &Blocks,
    bias: Option<&[f32]>,
    window: Window,
    [height, width]: [usize; 2],
) -> Vec<f32> {
    let (area, outputs) = (height * width, weight.columns());
    let grid = map.grid([height, width], window.kernel, window.stride);
    let mut y = Vec::with_capacity(x.len() / map.count() * outputs * area);
    let mut events = Events::new(grid.places(), map.count());
    let mut places = vec![0.0; map.count()];
    let mut sent = vec![];
    for x in x.chunks(map.count()) {
        // Room for one sample at a time, which stays in the cache until it is written to.
        let first = y.len();
        y.resize(first + outputs * area, 0.0);
        let y = &mut y[first..];
        transpose(x, map.area(), &mut places, map.channels, [map.channels, map.area()]);
        events.pack(&places, map, &grid);
        for block in weight.iter() {
            sent.resize(area * block.width, 0.0);
            let slide = Slide { events: &events, channels: map.channels, pitch: grid.pitch(), window, width };
            by_width!(block.width, windows_through(&slide, block, bias, &mut sent));
            let of_block = &mut y[block.first * area..(block.first + block.used) * area];
            transpose(&sent, block.width, of_block, area, [area, block.used]);
        }
    }
    y
}

/// A window and the events of a map that it slides over, to outputs in rows of `width`.
struct Slide<'a> {
    events: &'a Events,
    channels: usize,
    pitch: usize,
    window: Window,
    width: usize,
}

#[inline(always)]
fn windows_through<const W: usize>(slide: &Slide, block: &Block, bias: Option<&[f32]>, sent: &mut [f32]) {
    let Slide { events, channels, pitch, window: Window { kernel, stride }, width } = *slide;
    let weight = block.rows::<W>();
    let (start, bias) = (block.without_events(&Background::NONE), block.of_bias::<W>(bias));
    for (place, sent) in sent.as_chunks_mut::<W>().0.iter_mut().enumerate() {
        let (row, column) = (place / width * stride, place % width * stride);
        let mut sums = start;
        add_window(&mut sums, events, [row, column], kernel, pitch, weight, channels);
        sent.iter_mut().zip(sums).zip(bias).for_each(|((sent, sum), bias)| *sent = sum + bias);
    }
}

/// For each weight the sum over samples and places of what flowed in times the gradient of what flowed out, and for each
/// output the sum of its gradients.
#[multiversion(targets("x86_64+avx2+fma"))]
fn convolve_to_weight(
    gradient: &[f32],
    map: Map,
    x: &[f32],
    [channels, height, width]: [usize; 3],
    window: Window,
) -> (Vec<f32>, Vec<f32>) {
    let Window { kernel, .. } = window;
    let reach = window.reach();
    let [rows, pitch] = [height, width].map(|side| side + 2 * reach);
    let (area, outputs) = (height * width, map.channels);
    let mut sums = Blocks::zeros(channels * kernel * kernel, outputs);
    let mut of_bias = vec![0.0; outputs];
    let mut events = Events::new(channels, channels * area);
    let mut places = vec![];
    // The gradients of a block's outputs, place by place, with zeros around the map and between its places: these stay.
    let mut grids: Vec<Vec<f32>> = sums.iter().map(|block| vec![0.0; rows * pitch * block.width]).collect();
    for (x, gradient) in x.chunks(channels * area).zip(gradient.chunks(map.count())) {
        events.clear();
        for x in x.chunks(area) {
            events.start();
            x.chunks(width).enumerate().for_each(|(row, x)| events.extend(x, row * pitch, 0.0));
        }
        events.start();
        for (block, grid) in sums.iter_mut().zip(&mut grids) {
            let from = &gradient[block.first * map.area()..];
            places.resize(map.area() * block.width, 0.0);
            transpose(from, map.area(), &mut places, block.width, [block.used, map.area()]);
            for (row, places) in places.chunks(map.width * block.width).enumerate() {
                let first = (row * map.dilation + reach) * pitch + reach;
                for (column, place) in places.chunks(block.width).enumerate() {
                    grid[(first + column * map.dilation) * block.width..][..block.width].copy_from_slice(place);
                }
            }
            by_width!(block.width, windows_onto(&events, grid, pitch, kernel, block));
        }
        for (sum, gradient) in of_bias.iter_mut().zip(gradient.chunks(map.area())) {
            *sum += lanes(gradient, |gradient| gradient);
        }
    }
    let mut of_weight = vec![0.0; outputs * channels * kernel * kernel];
    sums.for_each(|row, output, sum| of_weight[output * channels * kernel * kernel + row] = sum);
    (of_weight, of_bias)
}

#[inline(always)]
fn windows_onto<const W: usize>(events: &Events, grid: &[f32], pitch: usize, kernel: usize, block: &mut Block) {
    let grid = grid.as_chunks::<W>().0;
    for (row, sums) in block.rows_mut::<W>().iter_mut().enumerate() {
        let (channel, tap) = (row / (kernel * kernel), row % (kernel * kernel));
        let (down, right) = (kernel - 1 - tap / kernel, kernel - 1 - tap % kernel);
        let mut more = [0.0; W];
        add(&mut more, events.of(channel, 1), &grid[down * pitch + right..], 0);
        sums.iter_mut().zip(more).for_each(|(sum, more)| *sum += more);
    }
}
