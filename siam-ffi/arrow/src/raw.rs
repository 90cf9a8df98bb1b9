//! Arrow's C structs, read with care: every `unsafe` of this crate but one line of `export`.
//!
//! Goes in: a stream and what its callbacks write. Comes out: nodes whose fields are read through checks, and slices of buffers.
//! **Invariant:** a null pointer, a negative count and an index outside a count are answers here, never a read.
//! **Not here:** which buffers a column has (`import`).
//!
//! arrow-rs offers the same fields through accessors that panic on what a hostile stream may hold; the layout below is the one that
//! the Arrow specification fixes for ever.

use arrow_array::ffi::{FFI_ArrowArray, FFI_ArrowSchema};
use arrow_array::ffi_stream::FFI_ArrowArrayStream;
use std::ffi::{CStr, c_char, c_void};

#[repr(C)]
struct RawSchema {
    format: *const c_char,
    name: *const c_char,
    metadata: *const c_char,
    flags: i64,
    n_children: i64,
    children: *mut *mut RawSchema,
    dictionary: *mut RawSchema,
    release: *const c_void,
    private_data: *mut c_void,
}

#[repr(C)]
struct RawArray {
    length: i64,
    null_count: i64,
    offset: i64,
    n_buffers: i64,
    n_children: i64,
    buffers: *mut *const c_void,
    children: *mut *mut RawArray,
    dictionary: *mut RawArray,
    release: *const c_void,
    private_data: *mut c_void,
}

const _: () =
    assert!(size_of::<RawSchema>() == size_of::<FFI_ArrowSchema>() && size_of::<RawArray>() == size_of::<FFI_ArrowArray>());

/// The schema of a stream, or why there is none.
pub(crate) fn schema_of(stream: &mut FFI_ArrowArrayStream) -> Result<FFI_ArrowSchema, String> {
    let Some(get_schema) = stream.get_schema().filter(|_| stream.release().is_some()) else {
        return Err("the stream is released".to_owned());
    };
    let mut schema = FFI_ArrowSchema::empty();
    // SAFETY: the callback belongs to this stream, which is not released; `schema` is ours to write.
    let code = unsafe { get_schema(stream, &raw mut schema) };
    if code == 0 { Ok(schema) } else { Err(last_error(stream, code)) }
}

/// The next array of a stream, none at its end, or why there is none.
pub(crate) fn next_of(stream: &mut FFI_ArrowArrayStream) -> Result<Option<FFI_ArrowArray>, String> {
    let Some(get_next) = stream.get_next().filter(|_| stream.release().is_some()) else {
        return Err("the stream is released".to_owned());
    };
    let mut array = FFI_ArrowArray::empty();
    // SAFETY: the callback belongs to this stream, which is not released; `array` is ours to write.
    let code = unsafe { get_next(stream, &raw mut array) };
    if code == 0 { Ok((!array.is_released()).then_some(array)) } else { Err(last_error(stream, code)) }
}

/// The stream's own words for its last fault, or its number.
fn last_error(stream: &mut FFI_ArrowArrayStream, code: i32) -> String {
    let words = stream.get_last_error().and_then(|get_last_error| {
        // SAFETY: the callback belongs to this stream, whose last call failed; the text is copied before the next call.
        unsafe { get_last_error(stream).as_ref().map(|text| CStr::from_ptr(text).to_string_lossy().into_owned()) }
    });
    words.unwrap_or_else(|| format!("the stream failed with number {code}"))
}

/// A schema or one of its parts.
#[derive(Clone, Copy)]
pub(crate) struct SchemaNode<'a>(&'a RawSchema);

impl<'a> SchemaNode<'a> {
    /// The root of a schema.
    pub(crate) fn of(schema: &'a FFI_ArrowSchema) -> Self {
        // SAFETY: both structs have the layout of the C data interface.
        Self(unsafe { &*std::ptr::from_ref(schema).cast() })
    }
    /// The format string; none where it is missing or no UTF-8.
    pub(crate) fn format(self) -> Option<&'a str> {
        text(self.0.format)
    }
    /// The name; a missing one is empty, none where it is no UTF-8.
    pub(crate) fn name(self) -> Option<&'a str> {
        if self.0.name.is_null() { Some("") } else { text(self.0.name) }
    }
    /// The columns of a schema; none where one is missing.
    pub(crate) fn children(self) -> Option<Vec<SchemaNode<'a>>> {
        let count = usize::try_from(self.0.n_children).ok()?;
        (0..count).map(|at| child(self.0.children, at).map(Self)).collect()
    }
    /// The schema of the values behind a dictionary.
    pub(crate) fn dictionary(self) -> Option<SchemaNode<'a>> {
        // SAFETY: a dictionary that is not null is a schema, alive as long as this node.
        unsafe { self.0.dictionary.as_ref() }.map(Self)
    }
}

/// An array or one of its parts.
#[derive(Clone, Copy)]
pub(crate) struct ArrayNode<'a>(&'a RawArray);

impl<'a> ArrayNode<'a> {
    /// The root of an array.
    pub(crate) fn of(array: &'a FFI_ArrowArray) -> Self {
        // SAFETY: both structs have the layout of the C data interface.
        Self(unsafe { &*std::ptr::from_ref(array).cast() })
    }
    /// How many rows; none where the number is negative.
    pub(crate) fn rows(self) -> Option<usize> {
        usize::try_from(self.0.length).ok()
    }
    /// How many values lie before the first row; none where the number is negative.
    pub(crate) fn offset(self) -> Option<usize> {
        usize::try_from(self.0.offset).ok()
    }
    /// Whether the array says that every row has a value.
    pub(crate) fn says_no_nulls(self) -> bool {
        self.0.null_count == 0
    }
    /// Whether the array says that rows lack a value.
    pub(crate) fn says_nulls(self) -> bool {
        self.0.null_count > 0
    }
    /// How many buffers; none where the number is negative.
    pub(crate) fn buffers(self) -> usize {
        usize::try_from(self.0.n_buffers).unwrap_or(0)
    }
    /// A buffer; null where there is none.
    pub(crate) fn buffer(self, at: usize) -> *const c_void {
        if at >= self.buffers() || self.0.buffers.is_null() {
            return std::ptr::null();
        }
        // SAFETY: a list of buffers that is not null holds `n_buffers` pointers.
        unsafe { self.0.buffers.add(at).read_unaligned() }
    }
    /// How many columns.
    pub(crate) fn columns(self) -> usize {
        usize::try_from(self.0.n_children).unwrap_or(0)
    }
    /// A column.
    pub(crate) fn column(self, at: usize) -> Option<ArrayNode<'a>> {
        if at < self.columns() { child(self.0.children, at).map(Self) } else { None }
    }
    /// The values behind a dictionary.
    pub(crate) fn dictionary(self) -> Option<ArrayNode<'a>> {
        // SAFETY: a dictionary that is not null is an array, alive as long as this node.
        unsafe { self.0.dictionary.as_ref() }.map(Self)
    }
}

fn text<'a>(pointer: *const c_char) -> Option<&'a str> {
    if pointer.is_null() {
        return None;
    }
    // SAFETY: a text of a schema that is not null ends in NUL and lives as long as the schema; callers bind it to that.
    unsafe { CStr::from_ptr(pointer) }.to_str().ok()
}

fn child<'a, T>(children: *mut *mut T, at: usize) -> Option<&'a T> {
    if children.is_null() {
        return None;
    }
    // SAFETY: a list of children that is not null holds as many pointers as its node counts; callers check `at` against that.
    unsafe { children.add(at).read_unaligned().as_ref() }
}

/// Fixed-width values that any bytes make.
pub(crate) trait Plain: Copy + 'static {}
impl Plain for i8 {}
impl Plain for i16 {}
impl Plain for i32 {}
impl Plain for i64 {}
impl Plain for i128 {}
impl Plain for u8 {}
impl Plain for u16 {}
impl Plain for u32 {}
impl Plain for u64 {}
impl Plain for u128 {}
impl Plain for [u8; 32] {}
impl Plain for f32 {}
impl Plain for f64 {}

/// Lends the buffers of one array, and holds copies of those that lie askew in memory.
#[derive(Debug, Default)]
pub(crate) struct Lender {
    copies: Vec<Vec<u128>>,
}

impl Lender {
    /// `count` values from the value `from` on; none where the buffer is missing or too large to be one.
    ///
    /// The slice lives as long as the array and this lender: `Imported` holds both beside it and never hands out the longer lifetime.
    pub(crate) fn values<T: Plain>(&mut self, buffer: *const c_void, from: usize, count: usize) -> Option<&'static [T]> {
        if count == 0 {
            return Some(&[]);
        }
        let bytes = from.checked_add(count)?.checked_mul(size_of::<T>())?;
        if buffer.is_null() || isize::try_from(bytes).is_err() {
            return None;
        }
        // SAFETY: the producer promises `from + count` values of this width, which fit in memory as counted above.
        let first = unsafe { buffer.cast::<T>().byte_add(from * size_of::<T>()) };
        if first.is_aligned() {
            // SAFETY: as above; aligned, not null, and any bytes are a `T`; nobody writes while the array is held.
            return Some(unsafe { std::slice::from_raw_parts(first, count) });
        }
        let mut copy = Vec::new();
        copy.try_reserve_exact((count * size_of::<T>()).div_ceil(size_of::<u128>())).ok()?;
        let target: *mut u128 = copy.as_mut_ptr();
        // SAFETY: the copy has room for all bytes, and a `u128` is aligned for every `T`; the two do not overlap.
        let slice = unsafe {
            std::ptr::copy_nonoverlapping(first.cast::<u8>(), target.cast::<u8>(), count * size_of::<T>());
            std::slice::from_raw_parts(target.cast::<T>(), count)
        };
        self.copies.push(copy);
        Some(slice)
    }
}
