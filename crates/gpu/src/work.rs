//! Kernels in order, handed to a card in one piece.

use std::sync::mpsc;
use std::time::Duration;

use lookalike_encoders::DeviceError;
use wgpu::{
    BindGroupDescriptor, BindGroupEntry, BindingResource, BufferBinding, BufferSize, BufferUsages,
    CommandEncoderDescriptor, ComputePass, ComputePassDescriptor, ComputePipeline, Device, MapMode,
    PollType,
};

use crate::card::Card;
use crate::memory::Buffer;

/// A card that does not answer for so long is lost. Drivers reset one that hangs within seconds.
const PATIENCE: Duration = Duration::from_secs(300);

/// Bytes from one kernel's parameters to the next: what every device can align to.
const PARAMETER_STEP: usize = 256;

/// Work groups along one dimension; more go along the next, which shaders know of.
const MOST_GROUPS: usize = 32_768;

/// Kernels in order. Each sees what those before it have written.
pub(crate) struct Work<'a> {
    card: &'a Card,
    steps: Vec<Step<'a>>,
    parameters: Vec<u8>,
}

enum Step<'a> {
    Kernel {
        pipeline: ComputePipeline,
        /// Where its parameters lie among all.
        parameters: usize,
        buffers: Vec<&'a Buffer>,
        groups: [u32; 3],
    },
    Copy {
        from: &'a Buffer,
        to: &'a Buffer,
        bytes: usize,
    },
}

/// Memory that work needs besides what it computes on, kept between calls.
#[derive(Debug, Default)]
pub(crate) struct Exchange {
    parameters: Option<Buffer>,
    results: Option<Buffer>,
}

impl<'a> Work<'a> {
    pub(crate) fn new(card: &'a Card) -> Self {
        Self {
            card,
            steps: Vec::new(),
            parameters: Vec::new(),
        }
    }

    /// One more kernel. `parameters` are its first binding, `buffers` the others in order.
    pub(crate) fn step(
        &mut self,
        pipeline: ComputePipeline,
        parameters: &[u32],
        buffers: &[&'a Buffer],
        groups: [usize; 3],
    ) {
        if groups.contains(&0) {
            return;
        }
        let start = self.parameters.len();
        self.parameters
            .extend_from_slice(bytemuck::cast_slice(parameters));
        let end = self.parameters.len().next_multiple_of(PARAMETER_STEP);
        self.parameters.resize(end, 0);
        self.steps.push(Step::Kernel {
            pipeline,
            parameters: start,
            buffers: buffers.to_vec(),
            groups: groups.map(|count| u32::try_from(count).unwrap_or(u32::MAX)),
        });
    }

    /// Copies the first bytes of a buffer, a multiple of four.
    pub(crate) fn copy(&mut self, from: &'a Buffer, to: &'a Buffer, bytes: usize) {
        self.steps.push(Step::Copy { from, to, bytes });
    }

    /// Runs all and returns the first bytes of each of `results`, multiples of four.
    ///
    /// # Errors
    /// The device fails.
    pub(crate) fn run(
        self,
        exchange: &mut Exchange,
        results: &[(&Buffer, usize)],
    ) -> Result<Vec<u8>, DeviceError> {
        let card = self.card;
        let memory = &card.memory;
        let size: usize = results.iter().map(|(_, bytes)| bytes).sum();
        let uniform = BufferUsages::UNIFORM | BufferUsages::COPY_DST;
        let readable = BufferUsages::MAP_READ | BufferUsages::COPY_DST;
        card.reserve(
            &mut exchange.parameters,
            "parameters",
            self.parameters.len(),
            uniform,
        )?;
        card.reserve(&mut exchange.results, "results", size, readable)?;
        let (Some(parameters), Some(target)) = (&exchange.parameters, &exchange.results) else {
            return Ok(Vec::new());
        };
        memory.write(parameters, &self.parameters)?;
        let faults = &memory.faults;
        let device = &memory.device;
        let submitted = faults.watch(device, "its work", || {
            let mut encoder = device.create_command_encoder(&CommandEncoderDescriptor::default());
            let mut steps = self.steps.iter().peekable();
            while let Some(step) = steps.peek() {
                if let Step::Copy { from, to, bytes } = step {
                    encoder.copy_buffer_to_buffer(&from.raw, 0, &to.raw, 0, *bytes as u64);
                    steps.next();
                    continue;
                }
                let mut pass = encoder.begin_compute_pass(&ComputePassDescriptor::default());
                while let Some(step) = steps.next_if(|step| matches!(step, Step::Kernel { .. })) {
                    step.record(device, parameters, &mut pass);
                }
            }
            let mut end = 0;
            for (buffer, bytes) in results {
                encoder.copy_buffer_to_buffer(&buffer.raw, 0, &target.raw, end, *bytes as u64);
                end += *bytes as u64;
            }
            memory.queue.submit([encoder.finish()])
        })?;
        let (sender, receiver) = mpsc::channel();
        let slice = target.raw.slice(..size as u64);
        faults.watch(device, "reading", || {
            slice.map_async(MapMode::Read, move |mapped| {
                // Nobody listens any more where waiting failed.
                sender.send(mapped).ok();
            });
        })?;
        let waited = device.poll(PollType::Wait {
            submission_index: Some(submitted),
            timeout: Some(PATIENCE),
        });
        faults.check()?;
        if let Err(error) = waited {
            exchange.results = None;
            return Err(faults.lost(&error.to_string()));
        }
        let read = match receiver.try_recv() {
            Ok(Ok(())) => slice.get_mapped_range().map(|view| view.to_vec()),
            Ok(Err(error)) => {
                exchange.results = None;
                return Err(faults.lost(&error.to_string()));
            }
            Err(_) => {
                exchange.results = None;
                return Err(faults.lost("its results never came"));
            }
        };
        target.raw.unmap();
        read.map_err(|error| faults.lost(&error.to_string()))
    }
}

impl Step<'_> {
    /// Adds a kernel to a pass.
    fn record(&self, device: &Device, all_parameters: &Buffer, pass: &mut ComputePass<'_>) {
        let Self::Kernel {
            pipeline,
            parameters,
            buffers,
            groups: [x, y, z],
        } = self
        else {
            return;
        };
        let first = BindingResource::Buffer(BufferBinding {
            buffer: &all_parameters.raw,
            offset: *parameters as u64,
            size: BufferSize::new(PARAMETER_STEP as u64),
        });
        let others = buffers.iter().map(|buffer| buffer.raw.as_entire_binding());
        let entries: Vec<BindGroupEntry<'_>> = (0..)
            .zip(std::iter::once(first).chain(others))
            .map(|(binding, resource)| BindGroupEntry { binding, resource })
            .collect();
        let group = device.create_bind_group(&BindGroupDescriptor {
            label: None,
            layout: &pipeline.get_bind_group_layout(0),
            entries: &entries,
        });
        pass.set_pipeline(pipeline);
        pass.set_bind_group(0, &group, &[]);
        pass.dispatch_workgroups(*x, *y, *z);
    }
}

/// Groups for `count` pieces of work that shaders count along two dimensions.
pub(crate) fn spread(count: usize) -> [usize; 3] {
    [count.min(MOST_GROUPS), count.div_ceil(MOST_GROUPS), 1]
}
