//! The first GPU that the CUDA driver shows. The only `unsafe` outside the CPU's kernels: asking whether a library is
//! there, and launches.

use std::fmt::Display;
use std::sync::{Arc, OnceLock};

use cudarc::driver::{CudaContext, CudaFunction, CudaSlice, CudaStream, LaunchConfig, PushKernelArg};
use cudarc::nvrtc::{CompileOptions, compile_ptx_with_opts};

use crate::descent::device::{Arg, Device, DeviceKernel, KERNELS, Launch};
use crate::error::one_line;
use crate::{Error, Result};

/// The GPU with its kernels.
#[derive(Debug)]
pub struct Cuda {
    stream: Arc<CudaStream>,
    functions: Vec<CudaFunction>,
}

/// The GPU of this machine; the first call compiles the kernels.
///
/// # Errors
/// [`Error::Refused`] with what is missing.
pub fn open() -> Result<&'static Cuda> {
    static OPENED: OnceLock<Result<Cuda, String>> = OnceLock::new();
    OPENED
        .get_or_init(Cuda::new)
        .as_ref()
        .map_err(|reason| Error::Refused(format!("--device cuda: {}", one_line(reason, 400))))
}

impl Cuda {
    fn new() -> Result<Self, String> {
        // SAFETY: loads a library if it is there, and leaves it loaded; nothing of it is called.
        let [has_driver, has_compiler] =
            unsafe { [cudarc::driver::sys::is_culib_present(), cudarc::nvrtc::sys::is_culib_present()] };
        if !has_driver {
            return Err("no NVIDIA driver (libcuda) on this machine".into());
        }
        if !has_compiler {
            return Err("no NVRTC (libnvrtc of CUDA 13) on this machine".into());
        }
        let in_words = |error: &dyn Display| error.to_string();
        let context = CudaContext::new(0).map_err(|error| in_words(&error))?;
        let (major, minor) = context.compute_capability().map_err(|error| in_words(&error))?;
        let options = CompileOptions {
            // Products and sums round apart, as in `fmaf` where they do not: see kernels.cu.
            fmad: Some(false),
            ftz: Some(false),
            prec_div: Some(true),
            prec_sqrt: Some(true),
            options: vec![format!("--gpu-architecture=compute_{major}{minor}")],
            ..CompileOptions::default()
        };
        let ptx = compile_ptx_with_opts(KERNELS, options).map_err(|error| format!("{error:?}"))?;
        let module = context.load_module(ptx).map_err(|error| in_words(&error))?;
        let functions = DeviceKernel::ALL.map(|kernel| module.load_function(kernel.name()));
        let functions = functions.into_iter().collect::<Result<_, _>>().map_err(|error| in_words(&error))?;
        Ok(Self { stream: context.default_stream(), functions })
    }

    /// The stream that everything runs on.
    pub fn stream(&self) -> &Arc<CudaStream> {
        &self.stream
    }

    /// Name of the device.
    pub fn name(&self) -> String {
        self.stream.context().name().unwrap_or_else(|error| error.to_string())
    }
}

fn refused(error: impl Display) -> Error {
    Error::Refused(format!("--device cuda: {}", one_line(&error.to_string(), 400)))
}

impl Device for Cuda {
    type Buffer = CudaSlice<u32>;

    fn zeros(&self, words: usize) -> Result<Self::Buffer> {
        self.stream.alloc_zeros(words).map_err(refused)
    }

    fn upload(&self, words: &[u32]) -> Result<Self::Buffer> {
        self.stream.clone_htod(words).map_err(refused)
    }

    fn download(&self, buffer: &Self::Buffer) -> Result<Vec<u32>> {
        self.stream.clone_dtoh(buffer).map_err(refused)
    }

    fn launch(&self, launch: &Launch<Self::Buffer>) -> Result<()> {
        self.stream.context().bind_to_thread().map_err(refused)?;
        let mut builder = self.stream.launch_builder(&self.functions[launch.kernel as usize]);
        for arg in launch.args {
            match arg {
                Arg::Buffer(buffer) => builder.arg(*buffer),
                Arg::U32(value) => builder.arg(value),
                Arg::F32(value) => builder.arg(value),
                Arg::F64(value) => builder.arg(value),
            };
        }
        let [across, down] = launch.grid;
        let config = LaunchConfig {
            grid_dim: (across, down, 1),
            block_dim: (launch.kernel.threads(), 1, 1),
            shared_mem_bytes: 0,
        };
        // SAFETY: the kernels reach only into device memory. Their grids and arguments come from descent/device, whose
        // launches tests/cuda carries out under emulation with every buffer between guards. Launches and frees of
        // this stream keep their order, so that no buffer is freed before the kernels that use it have run.
        unsafe { builder.launch(config) }.map(drop).map_err(refused)
    }
}
