# Adds hspin to Spack 1.0 or later: spack repo add packaging/spack && spack install hspin+mpi
# REPOSITORY-ADDRESS and SHA256-OF-THE-SOURCES are filled in at a release: see docs/releasing.md.

from spack_repo.builtin.build_systems.cargo import CargoPackage

from spack.package import *


class Hspin(CargoPackage):
    """Spherical H-spin glass simulator paired with exact finite-size theory."""

    homepage = "https://REPOSITORY-ADDRESS"
    # With all crates, so that compute nodes and mirrors need no crates.io.
    url = "https://REPOSITORY-ADDRESS/releases/download/v0.1.0/hspin-0.1.0-vendored.tar.gz"

    license("MIT OR Apache-2.0")

    version("0.1.0", sha256="SHA256-OF-THE-SOURCES")

    variant("mpi", default=True, description="Many processes")
    variant("cuda", default=False, description="Descents on an NVIDIA GPU; CUDA is loaded at run time")

    # SQLite is compiled from the sources that Cargo.lock pins.
    depends_on("c", type="build")
    depends_on("rust@1.95:", type="build")
    depends_on("mpi", when="+mpi")
    # libclang reads the headers of MPI.
    depends_on("llvm+clang", type="build", when="+mpi")

    conflicts("platform=windows")

    def setup_build_environment(self, env):
        if self.spec.satisfies("+mpi"):
            env.set("LIBCLANG_PATH", self.spec["llvm"].prefix.lib)

    @property
    def build_args(self):
        args = ["--locked", "--offline"]
        features = [name for name in ("mpi", "cuda") if self.spec.satisfies(f"+{name}")]
        if features:
            args += ["--features", ",".join(features)]
        return args

    @property
    def check_args(self):
        return ["--release", "--locked", "--offline"]

    def test_sweep(self):
        """a small run is complete and undamaged"""
        hspin = which(self.prefix.bin.hspin, required=True)
        hspin("sweep", "--out", "a.run", "--dims", "20", "--starts", "20", "--threads", "1")
        hspin("verify", "a.run", "--deep")
