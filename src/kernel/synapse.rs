//! Products and convolutions that take spikes, on the CPU: operations of our own, because the library's do not see zeros and
//! its convolutions lose even where there are none (docs/performance.md). On the GPU they are the library's.

use burn::backend::autodiff::checkpoint::{base::Checkpointer, strategy::CheckpointStrategy};
use burn::backend::autodiff::grads::Gradients;
use burn::backend::autodiff::ops::{Backward, NodeGuard, Ops, OpsKind};
use burn::backend::tensor::FloatTensor;
use burn::backend::{Autodiff, Backend, Dispatch, ExtensionType, TensorMetadata, backend_extension};
use burn::prelude::*;
use burn::tensor::module::{conv2d, linear};
use burn::tensor::ops::ConvOptions;

use super::on_cpu;

/// What a convolution sees at a time: a square of places around one, with zeros around the map. Those that can be made here are
/// all there are: a square of an even side has no middle, and the CPU's loops and the library would each choose another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Window {
    /// Its side: 1 or 3.
    pub(super) kernel: usize,
    /// Places from one to the next: 1 or 2.
    pub(super) stride: usize,
}

impl Window {
    /// 3x3, around every place.
    pub const SQUARE: Self = Self { kernel: 3, stride: 1 };
    /// 1x1, every place.
    pub const POINT: Self = Self { kernel: 1, stride: 1 };

    /// The same around every other place, so that each side is halved, rounded up.
    pub const fn halving(self) -> Self {
        Self { stride: 2, ..self }
    }

    /// Its side.
    pub fn side(self) -> usize {
        self.kernel
    }

    /// Places from one to the next.
    pub fn stride(self) -> usize {
        self.stride
    }

    /// Places from its centre to its edge, as many as there are zeros on each side of the map.
    pub(crate) fn reach(self) -> usize {
        self.kernel / 2
    }

    /// Windows along a side.
    pub(crate) fn output(self, side: usize) -> usize {
        (side - 1) / self.stride + 1
    }
}

/// What is added to each output, one number for each, if anything.
#[derive(Clone, Debug, ExtensionType)]
pub(crate) enum Bias<B: Backend> {
    Of(FloatTensor<B>),
    None,
}

/// Synapses whose inputs are mostly zero.
#[backend_extension(Flex, Autodiff)]
pub(crate) trait SynapseOps: Backend {
    /// `[N, inputs]` times `[inputs, outputs]`, plus `[outputs]`, differentiable.
    fn product(
        x: FloatTensor<Self>,
        weight: FloatTensor<Self>,
        #[extension_type] bias: Bias<Self>,
    ) -> FloatTensor<Self>;

    /// The gradient of `x` from that of the product.
    fn product_to_input(gradient: FloatTensor<Self>, weight: FloatTensor<Self>) -> FloatTensor<Self>;

    /// The gradients of the weights and of the bias from that of the product.
    fn product_to_weight(gradient: FloatTensor<Self>, x: FloatTensor<Self>) -> (FloatTensor<Self>, FloatTensor<Self>);

    /// `[N, channels, height, width]` by `[outputs, channels, kernel, kernel]`, plus `[outputs]`, differentiable.
    fn convolve(
        x: FloatTensor<Self>,
        weight: FloatTensor<Self>,
        #[extension_type] bias: Bias<Self>,
        window: Window,
    ) -> FloatTensor<Self>;

    /// The gradient of `x`, whose height and width are given, from that of the convolution.
    fn convolve_to_input(
        gradient: FloatTensor<Self>,
        weight: FloatTensor<Self>,
        window: Window,
        size: [usize; 2],
    ) -> FloatTensor<Self>;

    /// The gradients of the weights and of the bias from that of the convolution.
    fn convolve_to_weight(
        gradient: FloatTensor<Self>,
        x: FloatTensor<Self>,
        window: Window,
    ) -> (FloatTensor<Self>, FloatTensor<Self>);
}

/// What the backward pass needs of the forward pass.
#[derive(Clone, Debug)]
struct Saved<T> {
    x: T,
    weight: T,
    /// None for a product.
    window: Option<Window>,
}

/// Of a product or a convolution; its parents are what flows in, the weights, and the bias where there is one.
#[derive(Debug)]
struct SynapseBackward;

impl<B: SynapseOps, const N: usize> Backward<B, N> for SynapseBackward {
    type State = Saved<FloatTensor<B>>;

    fn backward(self, ops: Ops<Self::State, N>, grads: &mut Gradients, _checkpointer: &mut Checkpointer) {
        let Saved { x, weight, window } = ops.state;
        let mut parents = ops.parents.into_iter();
        let [of_x, of_weight, of_bias] = std::array::from_fn(|_| parents.next().flatten());
        let gradient = grads.consume::<B>(&ops.node);
        if let Some(node) = of_x {
            let of_input = match window {
                None => B::product_to_input(gradient.clone(), weight),
                Some(window) => {
                    let [_, _, height, width] = x.shape().dims();
                    B::convolve_to_input(gradient.clone(), weight, window, [height, width])
                }
            };
            grads.register::<B>(node.id, of_input);
        }
        if of_weight.is_some() || of_bias.is_some() {
            let (to_weight, to_bias) = match window {
                None => B::product_to_weight(gradient, x),
                Some(window) => B::convolve_to_weight(gradient, x, window),
            };
            for (node, gradient) in [(of_weight, to_weight), (of_bias, to_bias)] {
                if let Some(node) = node {
                    grads.register::<B>(node.id, gradient);
                }
            }
        }
    }
}

/// The node of a product, or of a convolution where there is a window.
fn record<B: SynapseOps, C: CheckpointStrategy>(
    x: FloatTensor<Autodiff<B, C>>,
    weight: FloatTensor<Autodiff<B, C>>,
    bias: Bias<Autodiff<B, C>>,
    window: Option<Window>,
) -> FloatTensor<Autodiff<B, C>> {
    fn finish<B: SynapseOps, C: CheckpointStrategy, const N: usize>(
        nodes: [NodeGuard; N],
        saved: Saved<FloatTensor<B>>,
        bias: Bias<B>,
    ) -> FloatTensor<Autodiff<B, C>> {
        let (x, weight) = (saved.x.clone(), saved.weight.clone());
        let y = match saved.window {
            None => B::product(x, weight, bias),
            Some(window) => B::convolve(x, weight, bias, window),
        };
        match Backward::<B, N>::prepare::<C>(SynapseBackward, nodes).compute_bound().stateful() {
            OpsKind::Tracked(prep) => prep.finish(saved, y),
            OpsKind::UnTracked(prep) => prep.finish(y),
        }
    }
    let nodes = [x.node(), weight.node()];
    let saved = Saved { x: x.into_primitive(), weight: weight.into_primitive(), window };
    match bias {
        Bias::None => finish::<B, C, 2>(nodes, saved, Bias::None),
        Bias::Of(bias) => {
            let [x, weight] = nodes;
            finish::<B, C, 3>([x, weight, bias.node()], saved, Bias::Of(bias.into_primitive()))
        }
    }
}

impl<B: SynapseOps, C: CheckpointStrategy> SynapseOps for Autodiff<B, C> {
    fn product(x: FloatTensor<Self>, weight: FloatTensor<Self>, bias: Bias<Self>) -> FloatTensor<Self> {
        record::<B, C>(x, weight, bias, None)
    }

    fn convolve(
        x: FloatTensor<Self>,
        weight: FloatTensor<Self>,
        bias: Bias<Self>,
        window: Window,
    ) -> FloatTensor<Self> {
        record::<B, C>(x, weight, bias, Some(window))
    }

    fn product_to_input(_gradient: FloatTensor<Self>, _weight: FloatTensor<Self>) -> FloatTensor<Self> {
        panic!("{NO_SECOND}")
    }

    fn product_to_weight(
        _gradient: FloatTensor<Self>,
        _x: FloatTensor<Self>,
    ) -> (FloatTensor<Self>, FloatTensor<Self>) {
        panic!("{NO_SECOND}")
    }

    fn convolve_to_input(
        _gradient: FloatTensor<Self>,
        _weight: FloatTensor<Self>,
        _window: Window,
        _size: [usize; 2],
    ) -> FloatTensor<Self> {
        panic!("{NO_SECOND}")
    }

    fn convolve_to_weight(
        _gradient: FloatTensor<Self>,
        _x: FloatTensor<Self>,
        _window: Window,
    ) -> (FloatTensor<Self>, FloatTensor<Self>) {
        panic!("{NO_SECOND}")
    }
}

const NO_SECOND: &str = "a synapse has no second derivative here";

/// `x W + b`: `[N, inputs]`, `[inputs, outputs]` and `[outputs]` to `[N, outputs]`.
pub(crate) fn product(x: Tensor<2>, weight: Tensor<2>, bias: Option<Tensor<1>>) -> Tensor<2> {
    if !on_cpu(&x.device()) {
        return linear(x, weight, bias);
    }
    let bias = bias.map_or(Bias::None, |bias| Bias::Of(bias.into_dispatch()));
    Tensor::from_dispatch(Dispatch::product(x.into_dispatch(), weight.into_dispatch(), bias))
}

/// A convolution with zeros around the edge: `[N, channels, height, width]`, `[outputs, channels, kernel, kernel]` and
/// `[outputs]` to `[N, outputs, height, width]`.
pub(crate) fn convolve(x: Tensor<4>, weight: Tensor<4>, bias: Option<Tensor<1>>, window: Window) -> Tensor<4> {
    if !on_cpu(&x.device()) {
        let options = ConvOptions::new([window.stride; 2], [window.reach(); 2], [1, 1], 1);
        return conv2d(x, weight, bias, options);
    }
    let bias = bias.map_or(Bias::None, |bias| Bias::Of(bias.into_dispatch()));
    Tensor::from_dispatch(Dispatch::convolve(x.into_dispatch(), weight.into_dispatch(), bias, window))
}

#[cfg(test)]
mod tests {
    use burn::tensor::TensorData;
    use rand::{Rng, SeedableRng};
    use rand_chacha::ChaCha8Rng;

    use super::*;

    fn floats<const D: usize>(tensor: Tensor<D>) -> Vec<f32> {
        tensor.into_data().try_to_vec().expect("f32")
    }

    fn near(given: Vec<f32>, expected: Vec<f32>, what: &str) {
        let largest = expected.iter().fold(1.0_f32, |largest, x| largest.max(x.abs()));
        assert_eq!(given.len(), expected.len(), "{what}");
        for (i, (a, b)) in given.iter().zip(&expected).enumerate() {
            assert!((a - b).abs() <= 1e-5 * largest, "{what}, {i}: {a} {b}");
        }
    }

    /// Numbers in -1..1 of which a share is not `background`; the corner says what the background is.
    fn sparse<const D: usize>(shape: [usize; D], share: f32, background: f32, device: &Device) -> Tensor<D> {
        let count: usize = shape.iter().product();
        let mut random = ChaCha8Rng::seed_from_u64(count as u64);
        let mut number = || if random.random::<f32>() < share { random.random_range(-1.0..1.0) } else { background };
        let values: Vec<f32> = (0..count).map(|i| if i == 0 { background } else { number() }).collect();
        Tensor::from_data(TensorData::new(values, shape), device)
    }

    fn dense<const D: usize>(shape: [usize; D], device: &Device) -> Tensor<D> {
        sparse(shape, 1.0, 0.5, device)
    }

    /// Both results, and the gradients that they give from `upstream`.
    fn agree<const D: usize>(
        results: [Tensor<D>; 2],
        upstream: Tensor<D>,
        (x, weight, bias): (&Tensor<D>, &Tensor<D>, &Tensor<1>),
        what: &str,
    ) {
        let [own, expected] = results;
        near(floats(own.clone()), floats(expected.clone()), what);
        let [own, expected] = [own, expected].map(|y| (y * upstream.clone()).sum().backward());
        let of = |gradients| floats(x.grad(gradients).expect("a gradient"));
        near(of(&own), of(&expected), &format!("{what}, dx"));
        let of = |gradients| floats(weight.grad(gradients).expect("a gradient"));
        near(of(&own), of(&expected), &format!("{what}, dw"));
        let of = |gradients| floats(bias.grad(gradients).expect("a gradient"));
        near(of(&own), of(&expected), &format!("{what}, db"));
    }

    #[test]
    fn products_and_their_gradients_are_the_librarys() {
        let device = Device::flex().autodiff();
        for (rows, inputs, outputs) in [(3, 5, 1), (1, 7, 10), (200, 30, 66), (130, 257, 140), (3, 300, 10)] {
            for (share, background, given) in [
                (0.0, 0.0, 0.0),
                (0.2, 0.0, 0.2),
                (0.2, -0.4, 0.2),
                (1.0, 0.0, 1.0),
                (0.9, 0.0, 0.05),
                (0.01, 0.0, 0.01),
            ] {
                let x = sparse([rows, inputs], share, background, &device).require_grad();
                let weight = dense::<2>([inputs, outputs], &device).require_grad();
                let bias = dense::<1>([outputs], &device).require_grad();
                let upstream = sparse([rows, outputs], given, background, &device);
                let what = format!("[{rows}, {inputs}] x [{inputs}, {outputs}], {share} of {background}, {given}");

                let own = product(x.clone(), weight.clone(), Some(bias.clone()));
                let expected = linear(x.clone(), weight.clone(), Some(bias.clone()));
                agree([own, expected], upstream, (&x, &weight, &bias), &what);
            }
        }
    }

    #[test]
    fn a_row_of_three_parts_has_three_backgrounds() {
        let device = Device::flex().autodiff();
        for (rows, inputs, outputs) in [(3, 60, 4), (200, 390, 33)] {
            // Few events: natively what has more of them is the library's.
            let numbers = floats(sparse([rows, inputs], 0.1, 0.0, &device));
            let above = |i: usize| [-0.4, 0.2, 0.7][i % inputs / (inputs / 3)];
            // The first of each part says what its background is.
            let number = |i: usize| if i.is_multiple_of(inputs / 3) { above(i) } else { numbers[i] + above(i) };
            let data = TensorData::new((0..rows * inputs).map(number).collect::<Vec<f32>>(), [rows, inputs]);
            let x = Tensor::<2>::from_data(data, &device).require_grad();
            let weight = dense::<2>([inputs, outputs], &device).require_grad();
            let bias = dense::<1>([outputs], &device).require_grad();
            let own = product(x.clone(), weight.clone(), Some(bias.clone()));
            let expected = linear(x.clone(), weight.clone(), Some(bias.clone()));
            agree([own, expected], dense([rows, outputs], &device), (&x, &weight, &bias), "three parts");
        }
    }

    #[test]
    fn convolutions_and_their_gradients_are_the_librarys() {
        let device = Device::flex().autodiff();
        for [samples, channels, height, width, outputs] in [[2, 1, 5, 4, 3], [3, 6, 7, 8, 37], [1, 3, 1, 1, 4]] {
            for (kernel, stride) in [(3, 1), (3, 2), (1, 1), (1, 2)] {
                for share in [0.0, 0.3, 1.0] {
                    let window = Window { kernel, stride };
                    let shape = [samples, channels, height, width];
                    let x = sparse(shape, share, 0.0, &device).require_grad();
                    let shape = [outputs, channels, kernel, kernel];
                    let weight = dense::<4>(shape, &device).require_grad();
                    let bias = dense::<1>([outputs], &device).require_grad();
                    let shape = [samples, outputs, window.output(height), window.output(width)];
                    let upstream = sparse(shape, share, 0.0, &device);
                    let what = format!("{samples}x{channels}x{height}x{width} to {outputs}, {window:?}, {share}");

                    let own = convolve(x.clone(), weight.clone(), Some(bias.clone()), window);
                    let options = ConvOptions::new([stride; 2], [kernel / 2; 2], [1, 1], 1);
                    let expected = conv2d(x.clone(), weight.clone(), Some(bias.clone()), options);
                    assert_eq!(own.dims(), shape, "{what}");
                    agree([own, expected], upstream, (&x, &weight, &bias), &what);
                }
            }
        }
    }

    #[test]
    fn what_is_not_a_number_reaches_the_result() {
        let device = Device::flex();
        let x = Tensor::<2>::from_floats([[0.0, f32::NAN], [0.0, 1.0]], &device);
        let weight = Tensor::<2>::from_floats([[1.0], [2.0]], &device);
        let y = floats(product(x, weight, None));
        assert!(y[0].is_nan() && y[1] == 2.0);
    }

    #[test]
    fn a_weight_that_is_not_finite_shows_even_where_nothing_flows() {
        let device = Device::flex();
        for poison in [f32::NAN, f32::INFINITY] {
            let weight = Tensor::<2>::from_floats([[1.0, 2.0], [poison, 3.0]], &device);
            let y = floats(product(Tensor::zeros([2, 2], &device), weight.clone(), None));
            assert!(y[0].is_nan() && y[2].is_nan() && y[1] == 0.0, "{y:?}");
            let window = Window::POINT;
            let y = floats(convolve(Tensor::zeros([1, 2, 3, 3], &device), weight.reshape([2, 2, 1, 1]), None, window));
            assert!(y[..9].iter().all(|y| *y == 0.0) && y[9..].iter().all(|y| y.is_nan()), "{y:?}");
        }
    }
}
