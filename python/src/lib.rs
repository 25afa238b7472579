//! The Python module `hspin._hspin`: typed values in, arrays and tables out, over the calls that the command line makes. What a
//! person sees is the package `hspin` beside it.

mod attend;
mod call;
mod errors;
mod frame;
mod known;
mod model;
mod own_points;
mod parcels;
mod points;
mod run;
mod starts;
mod surface;
mod theory;

use pyo3::prelude::*;

/// The module.
#[pymodule]
fn _hspin(module: &Bound<'_, PyModule>) -> PyResult<()> {
    module.add("__version__", env!("CARGO_PKG_VERSION"))?;
    module.add_class::<frame::Frame>()?;
    module.add_class::<surface::Surface>()?;
    module.add_class::<starts::Starts>()?;
    module.add_class::<parcels::OpenRun>()?;
    module.add_function(wrap_pyfunction!(call::call, module)?)?;
    module.add_function(wrap_pyfunction!(call::command_line, module)?)?;
    module.add_function(wrap_pyfunction!(parcels::carry_out, module)?)?;
    module.add_function(wrap_pyfunction!(run::kind, module)?)?;
    module.add_function(wrap_pyfunction!(run::spec, module)?)?;
    module.add_function(wrap_pyfunction!(run::records, module)?)?;
    module.add_function(wrap_pyfunction!(run::traces, module)?)?;
    module.add_function(wrap_pyfunction!(run::points, module)?)?;
    module.add_function(wrap_pyfunction!(run::couplings, module)?)?;
    module.add_function(wrap_pyfunction!(run::hidden_vector, module)?)?;
    module.add_function(wrap_pyfunction!(theory::thresholds, module)?)?;
    module.add_function(wrap_pyfunction!(theory::complexity, module)?)?;
    module.add_function(wrap_pyfunction!(theory::mean_count, module)?)
}
