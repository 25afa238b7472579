"""Compiles the CUDA kernels without a GPU: python scripts/check_kernels.py

Needs libnvrtc of CUDA 13 (pip install nvidia-cuda-nvrtc). Each architecture is compiled down to machine code, so
that the assembler checks shared memory and registers too; its report is printed. Spilled registers, warnings and
missing kernels are failures.
"""

import ctypes
import pathlib
import re
import site
import sys

ARCHITECTURES = ["sm_80", "sm_90"]
SOURCE = pathlib.Path(__file__).parent.parent / "src/descent/device/kernels.cu"
KERNELS = ["contract", "gather", "step", "take", "put", "compact"]
# As in src/descent/cuda/enabled.rs, and a report from the assembler.
OPTIONS = ["--fmad=false", "--ftz=false", "--prec-div=true", "--prec-sqrt=true", "--ptxas-options=-v"]


def library():
    for root in site.getsitepackages():
        found = sorted(pathlib.Path(root).glob("nvidia/**/lib/libnvrtc.so.*"))
        if found:
            # It looks for its builtins by name: they must be loaded already.
            for builtins in found[0].parent.glob("libnvrtc-builtins.so.*"):
                ctypes.CDLL(str(builtins), mode=ctypes.RTLD_GLOBAL)
            return ctypes.CDLL(str(found[0]))
    return ctypes.CDLL("libnvrtc.so.13")


def text(get_size, get, program):
    size = ctypes.c_size_t()
    assert get_size(program, ctypes.byref(size)) == 0
    buffer = ctypes.create_string_buffer(max(size.value, 1))
    assert get(program, buffer) == 0
    return buffer.raw[: size.value]


def compiled(nvrtc, source, architecture):
    """Exit status, log and machine code."""
    program = ctypes.c_void_p()
    assert nvrtc.nvrtcCreateProgram(ctypes.byref(program), source, b"kernels.cu", 0, None, None) == 0
    options = [f"--gpu-architecture={architecture}", *OPTIONS]
    options = (ctypes.c_char_p * len(options))(*[option.encode() for option in options])
    status = nvrtc.nvrtcCompileProgram(program, len(options), options)
    log = text(nvrtc.nvrtcGetProgramLogSize, nvrtc.nvrtcGetProgramLog, program).rstrip(b"\0").decode()
    code = b"" if status else text(nvrtc.nvrtcGetCUBINSize, nvrtc.nvrtcGetCUBIN, program)
    return status, log, code


def main():
    nvrtc = library()
    source = SOURCE.read_bytes()
    failures = []
    for architecture in ARCHITECTURES:
        status, log, code = compiled(nvrtc, source, architecture)
        print(f"{architecture}: {len(code)} bytes of machine code")
        for name, registers in re.findall(r"Compiling entry function '(\w+)'.*?(Used [^\n]*)", log, re.S):
            print(f"  {name}: {registers}")
        spilled = [line.strip() for line in log.splitlines() if re.search(r"[1-9]\d* bytes spill", line)]
        if status or not code or re.search(r"\b(error|warning)\b", log):
            failures.append(f"{architecture}: status {status}\n{log}")
        if spilled:
            failures.append(f"{architecture}: {spilled}")
        failures += [f"{architecture}: no kernel {name}" for name in KERNELS if name.encode() not in code]
    # What is wrong must be seen to be wrong.
    status, log, _ = compiled(nvrtc, source.replace(b"fmaf(", b"fmaff("), ARCHITECTURES[0])
    if not status or "fmaff" not in log:
        failures.append("a misspelt function was compiled")
    sys.exit("\n".join(failures) if failures else 0)


main()
