//! Writes a table as an Arrow C stream.
//!
//! Goes in: a table, shared, or one of an answer; a table computed while it is read. Comes out: a stream that lends buffers and keeps them
//! alive, of one batch or of as many as there are.
//! **Invariant:** no value is copied; text is `large_utf8`, instants `timestamp[us, UTC]`, decimals `decimal128(38, places)`.
//! **Not here:** `plain()` forms for spreadsheets (`siam_core::report`).

use arrow_array::ffi_stream::FFI_ArrowArrayStream;
use arrow_array::types::{Date32Type, Decimal128Type, Float64Type, Int64Type, TimestampMicrosecondType};
use arrow_array::{
    ArrayRef, BooleanArray, LargeStringArray, PrimitiveArray, RecordBatch, RecordBatchIterator, RecordBatchOptions,
    RecordBatchReader,
};
use arrow_buffer::alloc::Allocation;
use arrow_buffer::{BooleanBuffer, Buffer, NullBuffer, OffsetBuffer, ScalarBuffer};
use arrow_schema::{ArrowError, DataType, Field, Schema, SchemaRef, TimeUnit};
use siam_core::base::columns::Values;
use siam_core::base::{Column, ColumnType, Error, Table};
use siam_core::report::Answer;
use siam_core::report::answer::TableStream;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::ptr::NonNull;
use std::sync::Arc;

/// Who keeps the buffers of a table alive.
type Owner = Arc<dyn Allocation>;

/// The table as a stream for any Arrow library; the stream holds the table until it is released.
pub fn export(table: impl Into<Arc<Table>>) -> FFI_ArrowArrayStream {
    let table = table.into();
    stream(&table, record_batch(&table))
}

/// The table at this position of an answer as a stream, which holds the answer until it is released.
pub fn export_of(answer: &Arc<dyn Answer>, at: usize) -> Option<FFI_ArrowArrayStream> {
    let owner: Owner = Arc::new(AssertUnwindSafe(Arc::clone(answer)));
    let table = *answer.tables().get(at)?;
    Some(stream(table, batch(table, &owner)))
}

/// A table that is computed batch by batch while the stream is read. Before each batch `go_on` is asked; its error ends the stream.
pub fn export_stream(
    stream: Box<dyn TableStream>,
    go_on: impl FnMut() -> Result<(), Error> + Send + 'static,
) -> FFI_ArrowArrayStream {
    let schema = Arc::new(schema(&Table::new(stream.schema())));
    FFI_ArrowArrayStream::new(Box::new(Batches { stream, schema, go_on, over: false }))
}

/// The batches of a stream for Arrow.
struct Batches<F> {
    stream: Box<dyn TableStream>,
    schema: SchemaRef,
    go_on: F,
    over: bool,
}

impl<F: FnMut() -> Result<(), Error>> Iterator for Batches<F> {
    type Item = Result<RecordBatch, ArrowError>;
    fn next(&mut self) -> Option<Self::Item> {
        if self.over {
            return None;
        }
        // Arrow calls this from C, where nothing may unwind.
        let next = catch_unwind(AssertUnwindSafe(|| (self.go_on)().map(|()| self.stream.next_batch())));
        let batch = match next {
            Ok(Ok(None)) => None,
            Ok(Ok(Some(table))) => Some(record_batch(&Arc::new(table))),
            Ok(Err(error)) => Some(Err(ArrowError::ComputeError(error.to_string()))),
            Err(_) => Some(Err(ArrowError::ComputeError("the library failed within; no input should do that".to_owned()))),
        };
        self.over = !matches!(batch, Some(Ok(_)));
        batch
    }
}

impl<F: FnMut() -> Result<(), Error>> RecordBatchReader for Batches<F> {
    fn schema(&self) -> SchemaRef {
        Arc::clone(&self.schema)
    }
}

/// The table as one record batch that lends its buffers.
pub fn record_batch(table: &Arc<Table>) -> Result<RecordBatch, ArrowError> {
    let owner: Owner = Arc::clone(table) as _;
    batch(table, &owner)
}

fn stream(table: &Table, batch: Result<RecordBatch, ArrowError>) -> FFI_ArrowArrayStream {
    FFI_ArrowArrayStream::new(Box::new(RecordBatchIterator::new([batch], Arc::new(schema(table)))))
}

fn batch(table: &Table, owner: &Owner) -> Result<RecordBatch, ArrowError> {
    let columns = table.columns().iter().map(|column| array(column, owner)).collect::<Result<Vec<_>, _>>()?;
    let options = RecordBatchOptions::new().with_row_count(Some(table.rows()));
    RecordBatch::try_new_with_options(Arc::new(schema(table)), columns, &options)
}

fn schema(table: &Table) -> Schema {
    let fields = table.names().iter().zip(table.columns()).map(|(name, column)| {
        let kind = match column.kind() {
            ColumnType::Text => DataType::LargeUtf8,
            ColumnType::Integer => DataType::Int64,
            ColumnType::Float => DataType::Float64,
            ColumnType::Boolean => DataType::Boolean,
            ColumnType::Instant => DataType::Timestamp(TimeUnit::Microsecond, Some("UTC".into())),
            ColumnType::Date => DataType::Date32,
            ColumnType::Decimal(places) => DataType::Decimal128(38, places),
        };
        Field::new(name.as_ref(), kind, true)
    });
    Schema::new(fields.collect::<Vec<_>>())
}

fn array(column: &Column, owner: &Owner) -> Result<ArrayRef, ArrowError> {
    let rows = column.rows();
    let bits = |bytes: &[u8]| BooleanBuffer::new(lend(bytes, owner), 0, rows);
    let nulls = column.validity_bytes().map(|bytes| NullBuffer::new(bits(bytes)));
    let view = column.view();
    Ok(match view.values() {
        Values::LargeText { offsets, bytes } => {
            let offsets = OffsetBuffer::new(scalars(offsets, owner));
            Arc::new(LargeStringArray::try_new(offsets, lend(bytes, owner), nulls)?)
        }
        Values::Int64(values) => Arc::new(PrimitiveArray::<Int64Type>::try_new(scalars(values, owner), nulls)?),
        Values::Float64(values) => Arc::new(PrimitiveArray::<Float64Type>::try_new(scalars(values, owner), nulls)?),
        Values::Boolean(values) => Arc::new(BooleanArray::new(bits(values.bytes()), nulls)),
        Values::Timestamp { values, .. } => {
            Arc::new(PrimitiveArray::<TimestampMicrosecondType>::try_new(scalars(values, owner), nulls)?.with_timezone("UTC"))
        }
        Values::Date32(values) => Arc::new(PrimitiveArray::<Date32Type>::try_new(scalars(values, owner), nulls)?),
        Values::Decimal128 { values, scale } => {
            let array = PrimitiveArray::<Decimal128Type>::try_new(scalars(values, owner), nulls)?;
            Arc::new(array.with_precision_and_scale(38, *scale)?)
        }
        _ => return Err(ArrowError::NotYetImplemented("a column type without an Arrow form".to_owned())),
    })
}

fn scalars<T: arrow_buffer::ArrowNativeType>(values: &[T], owner: &Owner) -> ScalarBuffer<T> {
    ScalarBuffer::new(lend(values, owner), 0, values.len())
}

/// A buffer over a slice of a table that its owner keeps alive.
fn lend<T: arrow_buffer::ArrowNativeType>(values: &[T], owner: &Owner) -> Buffer {
    // SAFETY: every caller passes a slice of a table that `owner` is or lends from a shared reference; as long as a buffer holds the
    // owner, nobody has it alone, so that what it lent stays as it is.
    unsafe { Buffer::from_custom_allocation(NonNull::from(values).cast(), size_of_val(values), Arc::clone(owner)) }
}
