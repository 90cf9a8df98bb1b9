//! Writes a table as an Arrow C stream.
//!
//! Goes in: a table, shared. Comes out: a stream of one batch that lends the table's buffers and keeps it alive.
//! **Invariant:** no value is copied; text is `large_utf8`, instants `timestamp[us, UTC]`, decimals `decimal128(38, places)`.
//! **Not here:** `plain()` forms for spreadsheets (`siam_core::report`).

use arrow_array::ffi_stream::FFI_ArrowArrayStream;
use arrow_array::types::{Date32Type, Decimal128Type, Float64Type, Int64Type, TimestampMicrosecondType};
use arrow_array::{ArrayRef, BooleanArray, LargeStringArray, PrimitiveArray, RecordBatch, RecordBatchIterator, RecordBatchOptions};
use arrow_buffer::{BooleanBuffer, Buffer, NullBuffer, OffsetBuffer, ScalarBuffer};
use arrow_schema::{ArrowError, DataType, Field, Schema, TimeUnit};
use siam_core::base::columns::Values;
use siam_core::base::{Column, ColumnType, Table};
use std::ptr::NonNull;
use std::sync::Arc;

/// The table as a stream for any Arrow library; the stream holds the table until it is released.
pub fn export(table: impl Into<Arc<Table>>) -> FFI_ArrowArrayStream {
    let table = table.into();
    let schema = Arc::new(schema(&table));
    let batch = record_batch(&table);
    FFI_ArrowArrayStream::new(Box::new(RecordBatchIterator::new([batch], schema)))
}

/// The table as one record batch that lends its buffers.
pub fn record_batch(table: &Arc<Table>) -> Result<RecordBatch, ArrowError> {
    let columns = table.columns().iter().map(|column| array(column, table)).collect::<Result<Vec<_>, _>>()?;
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

fn array(column: &Column, table: &Arc<Table>) -> Result<ArrayRef, ArrowError> {
    let rows = column.rows();
    let bits = |bytes: &[u8]| BooleanBuffer::new(lend(bytes, table), 0, rows);
    let nulls = column.validity_bytes().map(|bytes| NullBuffer::new(bits(bytes)));
    let view = column.view();
    Ok(match view.values() {
        Values::LargeText { offsets, bytes } => {
            let offsets = OffsetBuffer::new(scalars(offsets, table));
            Arc::new(LargeStringArray::try_new(offsets, lend(bytes, table), nulls)?)
        }
        Values::Int64(values) => Arc::new(PrimitiveArray::<Int64Type>::try_new(scalars(values, table), nulls)?),
        Values::Float64(values) => Arc::new(PrimitiveArray::<Float64Type>::try_new(scalars(values, table), nulls)?),
        Values::Boolean(values) => Arc::new(BooleanArray::new(bits(values.bytes()), nulls)),
        Values::Timestamp { values, .. } => {
            Arc::new(PrimitiveArray::<TimestampMicrosecondType>::try_new(scalars(values, table), nulls)?.with_timezone("UTC"))
        }
        Values::Date32(values) => Arc::new(PrimitiveArray::<Date32Type>::try_new(scalars(values, table), nulls)?),
        Values::Decimal128 { values, scale } => {
            let array = PrimitiveArray::<Decimal128Type>::try_new(scalars(values, table), nulls)?;
            Arc::new(array.with_precision_and_scale(38, *scale)?)
        }
        _ => return Err(ArrowError::NotYetImplemented("a column type without an Arrow form".to_owned())),
    })
}

fn scalars<T: arrow_buffer::ArrowNativeType>(values: &[T], table: &Arc<Table>) -> ScalarBuffer<T> {
    ScalarBuffer::new(lend(values, table), 0, values.len())
}

/// A buffer over a slice of the table, which it keeps alive.
fn lend<T: arrow_buffer::ArrowNativeType>(values: &[T], table: &Arc<Table>) -> Buffer {
    // SAFETY: every caller passes a slice of this table, whose columns nobody can change while the `Arc` is shared.
    unsafe { Buffer::from_custom_allocation(NonNull::from(values).cast(), size_of_val(values), Arc::clone(table) as _) }
}
