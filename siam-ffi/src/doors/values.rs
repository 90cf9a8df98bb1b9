//! Columns of reports, lent to C.
//!
//! Goes in: reports, positions of tables and columns. Comes out: lent pointers to values and validity bits.
//! **Invariant:** every body is `guard`, `look` or `free`, checks all pointers first, then makes one call; nothing is kept between calls.
//! **Not here:** everything else of a report (`reports`).

use crate::error::siam_error;
use crate::memory::{self, Door, guard};
use crate::report::{siam_report, wrong_type};
use siam_core::base::Error;
use siam_core::base::columns::Values;
use std::ffi::c_char;

/// What a column lends: its values, validity bits and row count.
struct Lent<'a, T> {
    values: memory::Out<'a, *const T>,
    validity: memory::Out<'a, *const u8>,
    rows: memory::Out<'a, i64>,
}

impl<'a, T> Lent<'a, T> {
    fn new(door: &'a Door, values: *mut *const T, validity: *mut *const u8, rows: *mut i64) -> Result<Self, Error> {
        Ok(Self { values: door.out(values, "values")?, validity: door.out(validity, "validity")?, rows: door.out(rows, "rows")? })
    }
    fn set(self, column: &siam_core::base::Column, values: Option<*const T>, wanted: &'static str) -> Result<(), Error> {
        self.values.set(values.ok_or_else(|| wrong_type(wanted))?);
        self.validity.set(column.validity_bytes().map_or(std::ptr::null(), <[u8]>::as_ptr));
        self.rows.set(i64::try_from(column.rows()).unwrap_or(i64::MAX));
        Ok(())
    }
}

/// Lends a column of whole numbers: one value a row, and bits, least significant first, that are 0 where there is no value; validity
/// becomes NULL where every row has one. Both live as long as the report.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn siam_report_column_int64(
    report: *const siam_report,
    table: i32,
    column: i32,
    values: *mut *const i64,
    validity: *mut *const u8,
    row_count: *mut i64,
    error: *mut *mut siam_error,
) -> i32 {
    let body = |door: &Door| {
        let out = Lent::new(door, values, validity, row_count)?;
        let column = door.borrow(report, "report")?.column(table, column)?;
        let view = column.view();
        let values = if let Values::Int64(values) = view.values() { Some(values.as_ptr()) } else { None };
        out.set(column, values, "int64")?;
        Ok(())
    };
    // SAFETY: the header states what the caller promises.
    unsafe { guard(error, body) }
}

/// Lends a column of floats; otherwise as siam_report_column_int64.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn siam_report_column_float64(
    report: *const siam_report,
    table: i32,
    column: i32,
    values: *mut *const f64,
    validity: *mut *const u8,
    row_count: *mut i64,
    error: *mut *mut siam_error,
) -> i32 {
    let body = |door: &Door| {
        let out = Lent::new(door, values, validity, row_count)?;
        let column = door.borrow(report, "report")?.column(table, column)?;
        let view = column.view();
        let values = if let Values::Float64(values) = view.values() { Some(values.as_ptr()) } else { None };
        out.set(column, values, "float64")?;
        Ok(())
    };
    // SAFETY: the header states what the caller promises.
    unsafe { guard(error, body) }
}

/// Lends a column of instants, microseconds since 1970-01-01T00:00:00Z; otherwise as siam_report_column_int64.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn siam_report_column_instant(
    report: *const siam_report,
    table: i32,
    column: i32,
    values: *mut *const i64,
    validity: *mut *const u8,
    row_count: *mut i64,
    error: *mut *mut siam_error,
) -> i32 {
    let body = |door: &Door| {
        let out = Lent::new(door, values, validity, row_count)?;
        let column = door.borrow(report, "report")?.column(table, column)?;
        let view = column.view();
        let values = if let Values::Timestamp { values, .. } = view.values() { Some(values.as_ptr()) } else { None };
        out.set(column, values, "instant")?;
        Ok(())
    };
    // SAFETY: the header states what the caller promises.
    unsafe { guard(error, body) }
}

/// Lends a column of days since 1970-01-01; otherwise as siam_report_column_int64.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn siam_report_column_date(
    report: *const siam_report,
    table: i32,
    column: i32,
    values: *mut *const i32,
    validity: *mut *const u8,
    row_count: *mut i64,
    error: *mut *mut siam_error,
) -> i32 {
    let body = |door: &Door| {
        let out = Lent::new(door, values, validity, row_count)?;
        let column = door.borrow(report, "report")?.column(table, column)?;
        let view = column.view();
        let values = if let Values::Date32(values) = view.values() { Some(values.as_ptr()) } else { None };
        out.set(column, values, "date")?;
        Ok(())
    };
    // SAFETY: the header states what the caller promises.
    unsafe { guard(error, body) }
}

/// Lends a column of truth values, as bits like the validity; otherwise as siam_report_column_int64.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn siam_report_column_boolean(
    report: *const siam_report,
    table: i32,
    column: i32,
    values: *mut *const u8,
    validity: *mut *const u8,
    row_count: *mut i64,
    error: *mut *mut siam_error,
) -> i32 {
    let body = |door: &Door| {
        let out = Lent::new(door, values, validity, row_count)?;
        let column = door.borrow(report, "report")?.column(table, column)?;
        let view = column.view();
        let values = if let Values::Boolean(values) = view.values() { Some(values.bytes().as_ptr()) } else { None };
        out.set(column, values, "boolean")?;
        Ok(())
    };
    // SAFETY: the header states what the caller promises.
    unsafe { guard(error, body) }
}

/// Lends a column of decimals: 16 bytes a row, a two's complement number in the order of this machine, which stands for itself divided by
/// 10 to the power of scale; otherwise as siam_report_column_int64.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn siam_report_column_decimal(
    report: *const siam_report,
    table: i32,
    column: i32,
    values: *mut *const u8,
    validity: *mut *const u8,
    scale: *mut i32,
    row_count: *mut i64,
    error: *mut *mut siam_error,
) -> i32 {
    let body = |door: &Door| {
        let out = Lent::new(door, values, validity, row_count)?;
        let scale_out = door.out(scale, "scale")?;
        let column = door.borrow(report, "report")?.column(table, column)?;
        let view = column.view();
        let Values::Decimal128 { values, scale } = view.values() else { return Err(wrong_type("decimal")) };
        out.set(column, Some(values.as_ptr().cast()), "decimal")?;
        scale_out.set(i32::from(*scale));
        Ok(())
    };
    // SAFETY: the header states what the caller promises.
    unsafe { guard(error, body) }
}

/// Lends one text: UTF-8 that does not end in NUL, with its bytes counted; NULL where the row has none. Lives as long as the report.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn siam_report_column_text(
    report: *const siam_report,
    table: i32,
    column: i32,
    row: i64,
    out: *mut *const c_char,
    len: *mut i64,
    error: *mut *mut siam_error,
) -> i32 {
    let body = |door: &Door| {
        let (out, len) = (door.out(out, "out")?, door.out(len, "len")?);
        let text = door.borrow(report, "report")?.text(table, column, row)?;
        out.set(text.map_or(std::ptr::null(), |text| text.as_ptr().cast()));
        len.set(text.map_or(0, |text| text.len() as i64));
        Ok(())
    };
    // SAFETY: the header states what the caller promises.
    unsafe { guard(error, body) }
}
