//! Streams of every type, whole, sliced, chunked and hostile, read as tables.
//!
//! Goes in: arrays built by arrow-rs. Comes out: the cells that the views show.
//! **Invariant:** each array goes through the C structs, as a foreign producer's would.
//! **Not here:** producers other than arrow-rs (`siam-py`'s tests).

use crate::kind::Kind;
use crate::raw::SchemaNode;
use crate::{Imported, export};
use arrow_array::builder::{StringDictionaryBuilder, StringViewBuilder};
use arrow_array::cast::AsArray;
use arrow_array::ffi::{FFI_ArrowArray, FFI_ArrowSchema};
use arrow_array::ffi_stream::{FFI_ArrowArrayStream, RecordBatchStreamReader};
use arrow_array::types::*;
use arrow_array::*;
use arrow_buffer::i256;
use arrow_schema::{ArrowError, DataType, Field, Schema};
use siam_core::base::columns::Cell;
use siam_core::base::{ColumnType, Error, Limits, Table};
use std::sync::Arc;

fn stream(batches: Vec<RecordBatch>) -> FFI_ArrowArrayStream {
    let schema = batches[0].schema();
    FFI_ArrowArrayStream::new(Box::new(RecordBatchIterator::new(batches.into_iter().map(Ok), schema)))
}

fn batch(array: ArrayRef) -> RecordBatch {
    let field = Field::new("x", array.data_type().clone(), true);
    RecordBatch::try_new(Arc::new(Schema::new(vec![field])), vec![array]).unwrap()
}

fn read(batches: Vec<RecordBatch>) -> Result<Imported, Error> {
    Imported::read(stream(batches), "log", &Limits::default())
}

/// The cells of a one-column table, owned.
fn cells(batches: Vec<RecordBatch>) -> Vec<Cell<'static>> {
    let imported = read(batches).unwrap();
    let view = imported.view("log");
    (0..view.rows())
        .map(|row| match view.cell(row, 0) {
            Cell::Text(text) => Cell::Text(text.into_owned().into()),
            Cell::Null => Cell::Null,
            Cell::Integer(value) => Cell::Integer(value),
            Cell::Float(value) => Cell::Float(value),
            Cell::Boolean(value) => Cell::Boolean(value),
            Cell::Instant(value) => Cell::Instant(value),
            Cell::Wall(value) => Cell::Wall(value),
            Cell::Date(value) => Cell::Date(value),
            Cell::Decimal(value, scale) => Cell::Decimal(value, scale),
            Cell::Unreadable => Cell::Unreadable,
        })
        .collect()
}

/// The array whole, sliced, and in chunks shows these cells.
fn shows(array: impl Array + 'static, wanted: &[Cell<'_>]) {
    let array: ArrayRef = Arc::new(array);
    let label = format!("{:?}", array.data_type());
    assert_eq!(cells(vec![batch(array.clone())]), wanted, "{label}");
    let last = wanted.len() - 1;
    assert_eq!(cells(vec![batch(array.slice(1, last))]), wanted[1..], "{label} sliced");
    assert_eq!(cells(vec![batch(array.clone()).slice(1, 1)]), wanted[1..2], "{label} sliced batch");
    let chunks = vec![batch(array.slice(0, 1)), batch(array.slice(0, 0)), batch(array.slice(1, last))];
    assert_eq!(cells(chunks), wanted, "{label} chunked");
    assert_eq!(cells(vec![batch(array.slice(last, 0))]), [], "{label} empty");
}

fn text(value: &str) -> Cell<'_> {
    Cell::Text(value.into())
}

#[test]
fn numbers_of_every_width_are_read() {
    use Cell::{Float, Integer, Null};
    macro_rules! whole {
        ($($kind:ty),+) => {
            $(shows(PrimitiveArray::<$kind>::from(vec![Some(7), None, Some(100)]), &[Integer(7), Null, Integer(100)]);)+
        };
    }
    whole!(Int8Type, Int16Type, Int32Type, Int64Type, UInt8Type, UInt16Type, UInt32Type, UInt64Type);
    shows(Int64Array::from(vec![i64::MIN, -1, i64::MAX]), &[Integer(i64::MIN), Integer(-1), Integer(i64::MAX)]);
    shows(UInt64Array::from(vec![0, 1, u64::MAX]), &[Integer(0), Integer(1), Cell::Unreadable]);
    shows(Float32Array::from(vec![Some(0.5), None, Some(-2.0)]), &[Float(0.5), Null, Float(-2.0)]);
    shows(Float64Array::from(vec![Some(0.1), None, Some(1e300)]), &[Float(0.1), Null, Float(1e300)]);
    let money = Decimal128Array::from(vec![Some(12_345), None, Some(-1)]).with_precision_and_scale(9, 2).unwrap();
    shows(money, &[Cell::Decimal(12_345, 2), Null, Cell::Decimal(-1, 2)]);
    let wide = [Some(i256::from_i128(12_345)), None, Some(i256::from_i128(-1)), Some(i256::MAX)];
    let wide = Decimal256Array::from(wide.to_vec()).with_precision_and_scale(76, 2).unwrap();
    shows(wide, &[Cell::Decimal(12_345, 2), Null, Cell::Decimal(-1, 2), Cell::Unreadable]);
}

#[test]
fn text_of_every_form_is_read() {
    let long = "a text that is longer than twelve bytes, größer";
    let given = vec![Some("short"), None, Some(long), Some(""), Some("short")];
    let wanted = [text("short"), Cell::Null, text(long), text(""), text("short")];
    shows(StringArray::from(given.clone()), &wanted);
    shows(LargeStringArray::from(given.clone()), &wanted);
    shows(StringViewArray::from(given.clone()), &wanted);
    let mut blocks = StringViewBuilder::new().with_fixed_block_size(64);
    for at in 0..40 {
        blocks.append_value(format!("{long} {at}"));
    }
    let many: Vec<String> = (0..40).map(|at| format!("{long} {at}")).collect();
    shows(blocks.finish(), &many.iter().map(|value| text(value)).collect::<Vec<_>>());
    shows(StringViewArray::from(vec!["a", "twelve bytes"]), &[text("a"), text("twelve bytes")]);
}

#[test]
fn dictionaries_of_every_key_and_text_are_read() {
    fn check<K: ArrowDictionaryKeyType>() {
        let mut builder = StringDictionaryBuilder::<K>::new();
        for value in [Some("open"), None, Some("closed"), Some("open")] {
            builder.append_option(value);
        }
        shows(builder.finish(), &[text("open"), Cell::Null, text("closed"), text("open")]);
    }
    check::<Int8Type>();
    check::<Int16Type>();
    check::<Int32Type>();
    check::<Int64Type>();
    check::<UInt8Type>();
    check::<UInt16Type>();
    check::<UInt32Type>();
    check::<UInt64Type>();
    let keys = UInt32Array::from(vec![Some(1), None, Some(0), Some(2)]);
    let wanted = [text("a value longer than twelve"), Cell::Null, text("b"), Cell::Null];
    let values = vec![Some("b"), Some("a value longer than twelve"), None];
    let views: ArrayRef = Arc::new(StringViewArray::from(values.clone()));
    shows(DictionaryArray::new(keys.clone(), views), &wanted);
    let large: ArrayRef = Arc::new(LargeStringArray::from(values).slice(0, 3));
    shows(DictionaryArray::new(keys, large), &wanted);
}

#[test]
fn runs_of_every_end_are_read_whole_and_sliced() {
    fn check<R: RunEndIndexType>() {
        let runs: RunArray<R> = ["open", "open", "open", "closed", "open"].into_iter().collect();
        shows(runs, &[text("open"), text("open"), text("open"), text("closed"), text("open")]);
    }
    check::<Int16Type>();
    check::<Int32Type>();
    check::<Int64Type>();
    let values = Int64Array::from(vec![Some(7), None]);
    let runs = RunArray::try_new(&Int32Array::from(vec![1, 3]), &values).unwrap();
    shows(runs, &[Cell::Integer(7), Cell::Null, Cell::Null]);
}

#[test]
fn instants_wall_times_and_days_are_read() {
    use Cell::{Instant, Null, Wall};
    fn both<T: ArrowTimestampType>(value: i64, micros: i64) {
        let array = [Some(value), None, Some(0)].into_iter().collect::<PrimitiveArray<T>>();
        shows(array.clone(), &[Wall(micros), Null, Wall(0)]);
        shows(array.with_timezone("Europe/Zurich"), &[Instant(micros), Null, Instant(0)]);
    }
    both::<TimestampSecondType>(3, 3_000_000);
    both::<TimestampMillisecondType>(3, 3_000);
    both::<TimestampMicrosecondType>(-3, -3);
    both::<TimestampNanosecondType>(-3_001, -4);
    shows(TimestampSecondArray::from(vec![0, i64::MAX]), &[Wall(0), Cell::Unreadable]);
    shows(Date32Array::from(vec![Some(19_000), None, Some(-1)]), &[Cell::Date(19_000), Null, Cell::Date(-1)]);
    shows(Date64Array::from(vec![Some(86_400_000), None]), &[Cell::Date(1), Null]);
}

#[test]
fn bits_are_read_from_any_offset() {
    let given: Vec<Option<bool>> = (0..40).map(|at| (at % 5 != 2).then_some(at % 3 == 0)).collect();
    let wanted: Vec<Cell<'_>> = given.iter().map(|value| value.map_or(Cell::Null, Cell::Boolean)).collect();
    let array = BooleanArray::from(given);
    shows(array.clone(), &wanted);
    for from in 0..20 {
        shows(array.slice(from, 17), &wanted[from..from + 17]);
        assert_eq!(cells(vec![batch(Arc::new(array.slice(from, 20))).slice(3, 9)]), wanted[from + 3..from + 12]);
    }
}

#[test]
fn a_null_column_is_null() {
    shows(NullArray::new(3), &[Cell::Null, Cell::Null, Cell::Null]);
}

#[test]
fn a_type_that_is_not_read_is_named_with_its_mend() {
    let fields = vec![
        Field::new("ok", DataType::Int64, true),
        Field::new("took", DataType::Duration(arrow_schema::TimeUnit::Second), true),
        Field::new("tags", DataType::new_list(DataType::Utf8, true), true),
        Field::new("raw", DataType::Binary, true),
        Field::new("at", DataType::Time64(arrow_schema::TimeUnit::Microsecond), true),
        Field::new("zone", DataType::Interval(arrow_schema::IntervalUnit::YearMonth), true),
        Field::new_struct("parts", vec![Field::new("x", DataType::Int8, true)], true),
        Field::new("half", DataType::Float16, true),
    ];
    let error = read(vec![RecordBatch::new_empty(Arc::new(Schema::new(fields)))]).unwrap_err();
    let told: Vec<String> = error.problems().iter().map(|p| format!("{}: {}; {}", p.place(), p.message(), p.help())).collect();
    assert_eq!(error.code().number, 424);
    assert_eq!(told.len(), 7);
    assert!(told.contains(
        &"table log column took: column `took` holds durations, which no table here reads; cast it to int64 seconds where the table is made, or leave it out"
            .to_owned()
    ), "{told:?}");
}

#[test]
fn a_stream_that_fails_tells_its_own_words() {
    let schema = batch(Arc::new(Int64Array::from(vec![1]))).schema();
    let failing = [Err(ArrowError::ComputeError("Could not convert 'x'\nwith type str".to_owned()))];
    let stream = FFI_ArrowArrayStream::new(Box::new(RecordBatchIterator::new(failing, schema)));
    let error = Imported::read(stream, "outages", &Limits::default()).unwrap_err();
    assert_eq!(error.code().name, "table-unreadable");
    let told = error.to_string();
    assert!(told.contains("Could not convert 'x' with type str") && told.contains("table outages"), "{told}");
    let released = Imported::read(FFI_ArrowArrayStream::empty(), "outages", &Limits::default()).unwrap_err();
    assert!(released.to_string().contains("the stream is released"), "{released}");
}

#[test]
fn rows_beyond_the_limit_stop_the_reading() {
    let limits = Limits { table_rows: 3, ..Limits::default() };
    let two = || batch(Arc::new(Int64Array::from(vec![1, 2])));
    assert_eq!(Imported::read(stream(vec![two()]), "log", &limits).unwrap().rows(), 2);
    let error = Imported::read(stream(vec![two(), two(), two()]), "log", &limits).unwrap_err();
    assert_eq!(error.code().name, "table-too-large");
}

#[test]
fn a_repeated_column_name_is_kept() {
    let array: ArrayRef = Arc::new(Int64Array::from(vec![1]));
    let fields: Vec<Field> = ["a", "a.2", "a", "a"].iter().map(|name| Field::new(*name, DataType::Int64, true)).collect();
    let batch =
        RecordBatch::try_new(Arc::new(Schema::new(fields)), vec![array.clone(), array.clone(), array.clone(), array]).unwrap();
    assert_eq!(read(vec![batch]).unwrap().view("t").columns, ["a", "a.2", "a.3", "a.4"]);
}

#[test]
fn a_table_comes_back_from_its_own_stream() {
    let kinds = [
        ("text", ColumnType::Text),
        ("n", ColumnType::Integer),
        ("percent", ColumnType::Float),
        ("met", ColumnType::Boolean),
        ("at", ColumnType::Instant),
        ("day", ColumnType::Date),
        ("amount", ColumnType::Decimal(2)),
    ];
    let mut table = Table::with_columns("all", kinds.iter().map(|(name, kind)| ((*name).into(), *kind)).collect());
    for at in 0..21_i32 {
        let word = format!("größe {at}");
        let row = [
            text(&word),
            Cell::Integer(at.into()),
            Cell::Float(f64::from(at) / 3.0),
            Cell::Boolean(at % 2 == 0),
            Cell::Instant(i64::from(at) * 1_000_001),
            Cell::Date(at),
            Cell::Decimal(i128::from(at) << 70, 2),
        ];
        table.push(if at % 4 == 3 { &[] } else { &row });
    }
    for table in
        [Table::with_columns("none", Vec::new()), Table::with_columns("empty", vec![("x".into(), ColumnType::Text)]), table]
    {
        let table = Arc::new(table);
        let imported = Imported::read(export(Arc::clone(&table)), table.name(), &Limits::default()).unwrap();
        let view = imported.view(table.name());
        assert_eq!((view.rows(), view.columns.len()), (table.rows(), table.names().len()));
        for (at, name) in table.names().iter().enumerate() {
            for row in 0..table.rows() {
                assert_eq!(view.cell(row, at), table.cell(row, name), "{name} {row}");
            }
        }
    }
}

#[test]
fn a_stream_lends_the_table_and_keeps_it_alive() {
    let mut table = Table::with_columns("t", vec![("n".into(), ColumnType::Integer)]);
    table.push(&[Cell::Integer(42)]);
    let table = Arc::new(table);
    let weak = Arc::downgrade(&table);
    let mut reader = RecordBatchStreamReader::try_new(export(table)).unwrap();
    let batch = reader.next().unwrap().unwrap();
    drop(reader);
    assert_eq!(batch.column(0).as_primitive::<Int64Type>().value(0), 42);
    assert_eq!(batch.schema().field(0).data_type(), &DataType::Int64);
    assert!(weak.upgrade().is_some());
    drop(batch);
    assert!(weak.upgrade().is_none());
}

/// Positions of the leading numbers in an `ArrowArray`.
const LENGTH: usize = 0;
const NULLS: usize = 1;
const OFFSET: usize = 2;
const BUFFERS: usize = 3;
const COLUMNS: usize = 4;

/// Overwrites one number of an array, or of its first column.
fn forge(array: &mut FFI_ArrowArray, column: bool, at: usize, value: i64) {
    let target = if column { std::ptr::from_ref(array.child(0)).cast_mut() } else { std::ptr::from_mut(array) };
    // SAFETY: the struct begins with five 64-bit numbers; releasing reads none of them.
    unsafe { target.cast::<i64>().add(at).write(value) };
}

fn kinds_of(batch: &RecordBatch) -> Vec<Kind> {
    let schema = FFI_ArrowSchema::try_from(batch.schema().as_ref()).unwrap();
    SchemaNode::of(&schema).children().unwrap().into_iter().map(|node| Kind::of(node).unwrap()).collect()
}

fn fault(array: FFI_ArrowArray, kinds: &[Kind]) -> &'static str {
    crate::import::hold(array, kinds).map(|held| format!("{held:?}")).unwrap_err().1
}

#[test]
fn an_array_that_lies_about_itself_is_refused() {
    let cases: [(bool, usize, i64, &str); 9] = [
        (false, LENGTH, -1, "negative"),
        (false, LENGTH, 9, "shorter"),
        (false, LENGTH, i64::MAX, "shorter"),
        (false, OFFSET, -5, "negative"),
        (false, COLUMNS, 7, "other columns"),
        (false, COLUMNS, -1, "other columns"),
        (true, LENGTH, -3, "negative"),
        (true, OFFSET, i64::MIN, "negative"),
        (true, BUFFERS, 1, "missing"),
    ];
    let arrays: [ArrayRef; 3] = [
        Arc::new(StringArray::from(vec![Some("a"), None, Some("b")])),
        Arc::new(StringViewArray::from(vec![Some("a"), None, Some("a text longer than twelve")])),
        Arc::new(Int64Array::from(vec![Some(1), None, Some(3)])),
    ];
    for array in arrays {
        for (column, at, value, words) in cases {
            let whole = batch(array.clone());
            let kinds = kinds_of(&whole);
            let mut array = FFI_ArrowArray::new(&StructArray::from(whole).to_data());
            forge(&mut array, column, at, value);
            let fault = fault(array, &kinds);
            assert!(fault.contains(words), "{at} {value}: {fault}");
        }
    }
}

#[test]
fn nulls_without_bits_are_refused() {
    let whole = batch(Arc::new(Int64Array::from(vec![1, 2])));
    let kinds = kinds_of(&whole);
    let mut array = FFI_ArrowArray::new(&StructArray::from(whole).to_data());
    forge(&mut array, true, NULLS, 1);
    assert!(fault(array, &kinds).contains("missing"));
}

#[test]
fn a_buffer_that_lies_askew_is_copied_into_place() {
    let bytes: Vec<u8> = (0..=255).collect();
    for skew in 0..16 {
        let mut lender = crate::raw::Lender::default();
        let wide: &[i128] = lender.values(bytes[skew..].as_ptr().cast(), 1, 3).unwrap();
        let first = i128::from_ne_bytes(bytes[skew + 16..skew + 32].try_into().unwrap());
        assert_eq!((wide.len(), wide[0]), (3, first));
    }
}
