//! The files beside the model: the folder `files` of its version, and folders below it. triton.zig exports it.

const triton = @import("triton.zig");
const abi = triton.abi;
const Allocator = @import("std").mem.Allocator;

/// If a file cannot be read, `triton.lastError` has the reason.
pub const FileError = error{FileNotRead};

pub fn fileCount() u32 {
    return abi.file_count();
}

/// The path of a file, such as en/words.txt; `file` must be below `fileCount()`. The caller frees it.
pub fn fileName(allocator: Allocator, file: u32) Allocator.Error![]u8 {
    return (try triton.readText(allocator, abi.file_name, .{file})).?;
}

/// The size of a file in bytes; null if the model does not have it.
pub fn fileSize(name: []const u8) ?u64 {
    const size = abi.file_size(triton.address(name), name.len);
    return if (size < 0) null else @intCast(size);
}

/// Copies bytes of a file, from `offset` on, to `target`. Returns the filled part of `target`, which is shorter if the file ends before.
pub fn readFileAt(name: []const u8, offset: u64, target: []u8) FileError![]u8 {
    const read = abi.file_read(triton.address(name), name.len, @bitCast(offset), triton.address(target), target.len);
    return if (read < 0) error.FileNotRead else target[0..@intCast(read)];
}

/// All bytes of a file. The caller frees them.
pub fn readFile(allocator: Allocator, name: []const u8) (FileError || Allocator.Error)![]u8 {
    const size = fileSize(name) orelse return error.FileNotRead;
    if (size > ~@as(usize, 0)) return error.OutOfMemory;
    const bytes = try allocator.alloc(u8, @intCast(size));
    errdefer allocator.free(bytes);
    var at: usize = 0;
    while (at < bytes.len) {
        const read = (try readFileAt(name, at, bytes[at..])).len;
        if (read == 0) return error.FileNotRead;
        at += read;
    }
    return bytes;
}
