//! Tables: columns of results for pandas, polars, pyarrow and NumPy.

use std::sync::Arc;

use arrow_array::ffi_stream::FFI_ArrowArrayStream;
use arrow_array::types::Int8Type;
use arrow_array::{
    Array, ArrayRef, BooleanArray, DictionaryArray, Float64Array, Int64Array, RecordBatch,
    RecordBatchIterator,
};
use arrow_schema::{ArrowError, DataType, Field, Schema};
use hspin::Error;
use hspin::study::columns::{ColumnKind, Value, alias};
use hspin::study::export::Head;
use numpy::PyArray1;
use pyo3::prelude::*;
use pyo3::types::{PyCapsule, PyDict};

use crate::errors::raised;

/// A table. pandas, polars and pyarrow take it without a copy, by `__arrow_c_stream__`.
#[pyclass(frozen, module = "hspin._hspin")]
pub struct Frame {
    batch: RecordBatch,
}

/// One column on its way.
enum Column {
    Whole(Vec<Option<i64>>),
    Flag(Vec<Option<bool>>),
    Real(Vec<f64>),
    Name(Vec<Option<&'static str>>),
}

/// Collects rows.
pub struct Collector {
    heads: Vec<Head>,
    columns: Vec<Column>,
}

impl Collector {
    /// Of rows with these columns.
    pub fn new(heads: Vec<Head>) -> Self {
        let column = |(_, kind): &Head| match kind {
            ColumnKind::Count | ColumnKind::Signed => Column::Whole(Vec::new()),
            ColumnKind::Flag => Column::Flag(Vec::new()),
            ColumnKind::Real => Column::Real(Vec::new()),
            ColumnKind::Name => Column::Name(Vec::new()),
        };
        let columns = heads.iter().map(column).collect();
        Self { heads, columns }
    }

    /// One more row; what it lacks is unknown.
    pub fn push(&mut self, row: &[Value<'static>]) {
        let values = row.iter().copied().chain(std::iter::repeat(Value::Unknown));
        for (column, value) in self.columns.iter_mut().zip(values) {
            match (column, value) {
                (Column::Whole(column), Value::Whole(n)) => column.push(i64::try_from(n).ok()),
                (Column::Flag(column), Value::Whole(n)) => column.push(Some(n != 0)),
                (Column::Real(column), Value::Real(x)) => column.push(x),
                (Column::Name(column), Value::Name(name)) => column.push(Some(name)),
                (Column::Whole(column), _) => column.push(None),
                (Column::Flag(column), _) => column.push(None),
                (Column::Real(column), _) => column.push(f64::NAN),
                (Column::Name(column), _) => column.push(None),
            }
        }
    }

    /// The table; columns have the names of data frames.
    pub fn table(self) -> Result<Frame, Error> {
        let arrays: Vec<ArrayRef> = self.columns.into_iter().map(Column::array).collect();
        let field = |((name, _), array): (&Head, &ArrayRef)| {
            Field::new(alias(name).unwrap_or(name), array.data_type().clone(), true)
        };
        let fields: Vec<Field> = self.heads.iter().zip(&arrays).map(field).collect();
        let batch = RecordBatch::try_new(Arc::new(Schema::new(fields)), arrays);
        batch.map(|batch| Frame { batch }).map_err(|error| Error::Internal(format!("a table: {error}")))
    }
}

impl Column {
    fn array(self) -> ArrayRef {
        match self {
            Self::Whole(values) => Arc::new(Int64Array::from(values)),
            Self::Flag(values) => Arc::new(BooleanArray::from(values)),
            // What is not finite is not known.
            Self::Real(values) if values.iter().all(|x| x.is_finite()) => {
                Arc::new(Float64Array::from(values))
            }
            Self::Real(values) => Arc::new(
                values.into_iter().map(|x| Some(x).filter(|x| x.is_finite())).collect::<Float64Array>(),
            ),
            Self::Name(values) => Arc::new(values.into_iter().collect::<DictionaryArray<Int8Type>>()),
        }
    }
}

#[pymethods]
impl Frame {
    /// Number of rows.
    fn __len__(&self) -> usize {
        self.batch.num_rows()
    }

    /// Names of the columns.
    #[getter]
    fn columns(&self) -> Vec<String> {
        self.batch.schema().fields().iter().map(|field| field.name().clone()).collect()
    }

    /// Columns as NumPy arrays: name to (values, known), where `known` is None if all values are. Unknown numbers are NaN;
    /// of unknown integers and flags the value means nothing. Of a column of names the values are (codes, words), code -1 where
    /// a name is unknown.
    fn arrays<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyDict>> {
        let arrays = PyDict::new(py);
        for (field, column) in self.batch.schema().fields().iter().zip(self.batch.columns()) {
            let known: Option<Vec<bool>> = (column.null_count() > 0
                && *field.data_type() != DataType::Float64)
                .then(|| (0..column.len()).map(|row| column.is_valid(row)).collect());
            let known = known.map(|known| PyArray1::from_vec(py, known));
            arrays.set_item(field.name(), (values(py, column)?, known))?;
        }
        Ok(arrays)
    }

    /// The table as a stream of Arrow's C data interface.
    #[pyo3(signature = (requested_schema=None))]
    fn __arrow_c_stream__<'py>(
        &self,
        py: Python<'py>,
        requested_schema: Option<&Bound<'py, PyAny>>,
    ) -> PyResult<Bound<'py, PyCapsule>> {
        // A request that is not met is allowed: the taker casts.
        let _ = requested_schema;
        let batches = std::iter::once(Ok::<_, ArrowError>(self.batch.clone()));
        let reader = RecordBatchIterator::new(batches, self.batch.schema());
        let stream = FFI_ArrowArrayStream::new(Box::new(reader));
        PyCapsule::new_with_value(py, stream, c"arrow_array_stream")
    }
}

fn values<'py>(py: Python<'py>, column: &ArrayRef) -> PyResult<Bound<'py, PyAny>> {
    let any = column.as_any();
    if let Some(whole) = any.downcast_ref::<Int64Array>() {
        return Ok(PyArray1::from_slice(py, whole.values()).into_any());
    }
    if let Some(real) = any.downcast_ref::<Float64Array>() {
        let values = match real.null_count() {
            0 => PyArray1::from_slice(py, real.values()),
            _ => PyArray1::from_iter(py, real.iter().map(|x| x.unwrap_or(f64::NAN))),
        };
        return Ok(values.into_any());
    }
    if let Some(flags) = any.downcast_ref::<BooleanArray>() {
        return Ok(PyArray1::from_iter(py, flags.iter().map(|flag| flag.unwrap_or(false))).into_any());
    }
    if let Some(names) = any.downcast_ref::<DictionaryArray<Int8Type>>() {
        let words = names.downcast_dict::<arrow_array::StringArray>();
        let words: Vec<&str> = words
            .map(|words| words.values().iter().map(Option::unwrap_or_default).collect())
            .unwrap_or_default();
        // -1 stands for what is unknown.
        let codes = PyArray1::from_iter(py, names.keys().iter().map(|key| key.unwrap_or(-1)));
        return Ok((codes, words).into_pyobject(py)?.into_any());
    }
    Err(raised(py, &Error::Internal("a column of an unknown type".into())))
}
