//! A device made of the same kernel source, compiled by a C++ compiler, whose threads run one after the other.

use std::alloc::{Layout, alloc, dealloc};
use std::ffi::{CString, c_char, c_int, c_void};
use std::path::Path;
use std::process::Command;
use std::sync::{Mutex, OnceLock, PoisonError};

use hspin::Result;
use hspin::descent::device::{Arg, Device, Launch};

type Emulate = unsafe extern "C" fn(*const c_char, u32, u32, u32, *mut *mut c_void, c_int) -> c_int;

/// Runs threads of a block in ascending or descending order.
pub struct Emulator {
    emulate: Emulate,
    reversed: bool,
}

/// Kernels use static memory: one launch at a time.
static ONE: Mutex<()> = Mutex::new(());

impl Emulator {
    /// `None`, with a word about it, where there is no C++ compiler.
    pub fn new(reversed: bool) -> Option<Self> {
        static COMPILED: OnceLock<Option<Emulate>> = OnceLock::new();
        COMPILED.get_or_init(compile).map(|emulate| Self { emulate, reversed })
    }
}

fn compile() -> Option<Emulate> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let place = tempfile::tempdir().unwrap();
    let library = place.path().join("kernels.so");
    let compiler = std::env::var("CXX").unwrap_or_else(|_| "c++".into());
    let kernels = root.join("src/descent/device/kernels.cu");
    let built = Command::new(&compiler)
        .args(["-std=c++17", "-O2", "-march=native", "-ffp-contract=off", "-fno-strict-aliasing"])
        .args(["-U_FORTIFY_SOURCE", "-w", "-shared", "-fPIC", "-Wl,-Bsymbolic", "-o"])
        .arg(&library)
        .arg(format!("-DKERNELS={:?}", kernels.display().to_string()))
        .arg(root.join("tests/cuda/shim.cpp"))
        .output();
    let Ok(built) = built else {
        assert!(std::env::var_os("HSPIN_NO_SKIP").is_none(), "no C++ compiler {compiler}");
        eprintln!("skipped: no C++ compiler {compiler}");
        return None;
    };
    assert!(built.status.success(), "{}", String::from_utf8_lossy(&built.stderr));
    let path = CString::new(library.to_str().unwrap()).unwrap();
    // SAFETY: loads the library just built, which stays loaded, and takes its one function by its own type.
    unsafe {
        let handle = libc::dlopen(path.as_ptr(), libc::RTLD_NOW);
        assert!(!handle.is_null(), "{library:?} cannot be loaded");
        let emulate = libc::dlsym(handle, c"emulate".as_ptr());
        assert!(!emulate.is_null());
        Some(std::mem::transmute::<*mut c_void, Emulate>(emulate))
    }
}

/// Words on each side that no kernel may touch; read as floats they are NaN.
const GUARD: usize = 4096;
const GUARD_WORD: u32 = 0x7fc0_beef;

/// Memory between guards.
pub struct Buffer {
    begin: *mut u32,
    words: usize,
}

impl Buffer {
    fn new(words: usize, word: impl Fn(usize) -> u32) -> Self {
        // SAFETY: never of size zero; every word is written before it is read.
        unsafe {
            let begin = alloc(Self::layout(words)).cast::<u32>();
            for at in 0..words + 2 * GUARD {
                let inside = (GUARD..GUARD + words).contains(&at);
                begin.add(at).write(if inside { word(at - GUARD) } else { GUARD_WORD });
            }
            Self { begin, words }
        }
    }

    fn layout(words: usize) -> Layout {
        Layout::from_size_align(4 * (words + 2 * GUARD), 64).unwrap()
    }

    fn all(&self) -> &[u32] {
        // SAFETY: as allocated; no kernel runs now.
        unsafe { std::slice::from_raw_parts(self.begin, self.words + 2 * GUARD) }
    }
}

impl Drop for Buffer {
    fn drop(&mut self) {
        let all = self.all();
        let guards = all[..GUARD].iter().chain(&all[GUARD + self.words..]);
        let whole = guards.into_iter().all(|&word| word == GUARD_WORD);
        // SAFETY: as allocated.
        unsafe { dealloc(self.begin.cast(), Self::layout(self.words)) };
        assert!(whole || std::thread::panicking(), "a kernel wrote beyond its memory");
    }
}

impl Device for Emulator {
    type Buffer = Buffer;

    fn zeros(&self, words: usize) -> Result<Buffer> {
        Ok(Buffer::new(words, |_| 0))
    }

    fn upload(&self, words: &[u32]) -> Result<Buffer> {
        Ok(Buffer::new(words.len(), |at| words[at]))
    }

    fn download(&self, buffer: &Buffer) -> Result<Vec<u32>> {
        Ok(buffer.all()[GUARD..GUARD + buffer.words].to_vec())
    }

    fn launch(&self, launch: &Launch<Buffer>) -> Result<()> {
        let mut values: Vec<u64> = launch
            .args
            .iter()
            .map(|arg| match arg {
                // SAFETY: the guard lies within the memory.
                Arg::Buffer(buffer) => unsafe { buffer.begin.add(GUARD) as u64 },
                Arg::U32(value) => u64::from(*value),
                Arg::F32(value) => u64::from(value.to_bits()),
                Arg::F64(value) => value.to_bits(),
            })
            .collect();
        let mut args: Vec<*mut c_void> = values.iter_mut().map(|value| (value as *mut u64).cast()).collect();
        let name = CString::new(launch.kernel.name()).unwrap();
        let [across, down] = launch.grid;
        let _one = ONE.lock().unwrap_or_else(PoisonError::into_inner);
        // SAFETY: kernels stay within their buffers, which the guards check.
        let status = unsafe {
            let threads = launch.kernel.threads();
            (self.emulate)(name.as_ptr(), across, down, threads, args.as_mut_ptr(), self.reversed.into())
        };
        assert_eq!(status, 0, "{}", launch.kernel.name());
        Ok(())
    }
}
