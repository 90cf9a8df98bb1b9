//! Tables that C builds column by column.
//!
//! Goes in: arrays of values and of presence. Comes out: tables to ask with.
//! **Invariant:** every body is `guard`, `look` or `free`, checks all pointers first, then makes one call; nothing is kept between calls.
//! **Not here:** what is built (`tables`).

use crate::error::siam_error;
use crate::memory::{Door, free, guard, rows};
use crate::tables::siam_columns;
use std::ffi::c_char;

/// Begins a table of so many rows that is built column by column.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn siam_columns_new(row_count: i64, columns: *mut *mut siam_columns, error: *mut *mut siam_error) -> i32 {
    let body = |door: &Door| {
        let out = door.out(columns, "columns")?;
        out.hand(siam_columns::new(rows(row_count)?));
        Ok(())
    };
    // SAFETY: the header states what the caller promises.
    unsafe { guard(error, body) }
}

/// Adds a column of whole numbers: one value a row, and one byte a row that is 0 where there is no value; present may be NULL where
/// every row has one. All is copied.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn siam_columns_add_int64(
    columns: *mut siam_columns,
    name: *const c_char,
    name_len: i64,
    values: *const i64,
    present: *const u8,
    error: *mut *mut siam_error,
) -> i32 {
    let body = |door: &Door| {
        let columns = door.borrow_mut(columns, "columns")?;
        let name = door.text(name, name_len, "name")?;
        let count = columns.rows() as i64;
        columns.add_integers(name, door.slice(values, count, "values")?, door.present(present, count)?)?;
        Ok(())
    };
    // SAFETY: the header states what the caller promises.
    unsafe { guard(error, body) }
}

/// Adds a column of floats; otherwise as siam_columns_add_int64.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn siam_columns_add_float64(
    columns: *mut siam_columns,
    name: *const c_char,
    name_len: i64,
    values: *const f64,
    present: *const u8,
    error: *mut *mut siam_error,
) -> i32 {
    let body = |door: &Door| {
        let columns = door.borrow_mut(columns, "columns")?;
        let name = door.text(name, name_len, "name")?;
        let count = columns.rows() as i64;
        columns.add_floats(name, door.slice(values, count, "values")?, door.present(present, count)?)?;
        Ok(())
    };
    // SAFETY: the header states what the caller promises.
    unsafe { guard(error, body) }
}

/// Adds a column of instants, microseconds since 1970-01-01T00:00:00Z; otherwise as siam_columns_add_int64.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn siam_columns_add_instant(
    columns: *mut siam_columns,
    name: *const c_char,
    name_len: i64,
    values: *const i64,
    present: *const u8,
    error: *mut *mut siam_error,
) -> i32 {
    let body = |door: &Door| {
        let columns = door.borrow_mut(columns, "columns")?;
        let name = door.text(name, name_len, "name")?;
        let count = columns.rows() as i64;
        columns.add_instants(name, door.slice(values, count, "values")?, door.present(present, count)?)?;
        Ok(())
    };
    // SAFETY: the header states what the caller promises.
    unsafe { guard(error, body) }
}

/// Adds a column of texts: one pointer a row to UTF-8 that ends in NUL, NULL where there is no value. All is copied.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn siam_columns_add_text(
    columns: *mut siam_columns,
    name: *const c_char,
    name_len: i64,
    values: *const *const c_char,
    error: *mut *mut siam_error,
) -> i32 {
    let body = |door: &Door| {
        let columns = door.borrow_mut(columns, "columns")?;
        let name = door.text(name, name_len, "name")?;
        let values = door.slice(values, columns.rows() as i64, "values")?;
        columns.add_texts(name, values.iter().map(|text| door.ended(*text)))?;
        Ok(())
    };
    // SAFETY: the header states what the caller promises.
    unsafe { guard(error, body) }
}

/// Frees built columns.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn siam_columns_free(columns: *mut siam_columns) {
    // SAFETY: the header states what the caller promises.
    unsafe { free(columns) }
}
