//! Answers a request with one response for each element of IN: OUT is the element and IDX its index. DELAY has the
//! milliseconds before each response. The execution itself takes WAIT milliseconds; the responses come after it, so
//! requests are served side by side.

const std = @import("std");
const triton = @import("triton");
const allocator = std.heap.wasm_allocator;

pub const panic = triton.panic;

comptime {
    triton.exportModel(@This());
}

/// A request with responses to come.
const Stream = struct {
    request: triton.Request,
    values: []i32,
    delays: []u32,
    at: usize = 0,
    due_ms: i64 = 0,

    /// Sets the time of the next response.
    fn wait(self: *Stream) void {
        const delay = self.delays[self.at];
        self.due_ms = monotonicMs() + delay;
        triton.pollAfter(delay);
    }

    /// Sends the next response. Returns whether it was the last.
    fn send(self: *Stream) !bool {
        if (self.request.output("OUT")) |output| try output.set(i32, &.{1}, self.values[self.at..][0..1]);
        if (self.request.output("IDX")) |output| try output.set(u32, &.{1}, &.{@intCast(self.at)});
        self.at += 1;
        if (self.at == self.values.len) {
            try self.request.finish();
            return true;
        }
        try self.request.send();
        return false;
    }

    fn deinit(self: Stream) void {
        allocator.free(self.values);
        allocator.free(self.delays);
    }
};

var streams: std.ArrayList(Stream) = .empty;

fn monotonicMs() i64 {
    return @divTrunc(triton.clock(.monotonic), std.time.ns_per_ms);
}

pub fn execute(requests: *triton.Requests) !void {
    while (requests.next()) |request| serve(request) catch |cause| request.failWith(cause);
}

pub fn poll() !void {
    var at: usize = 0;
    while (at < streams.items.len) {
        const stream = &streams.items[at];
        const left = stream.due_ms - monotonicMs();
        if (left > 0) {
            triton.pollAfter(@intCast(left));
            at += 1;
            continue;
        }
        const done = stream.send() catch |cause| failed: {
            stream.request.failWith(cause);
            stream.request.finish() catch {};
            break :failed true;
        };
        if (done) {
            streams.swapRemove(at).deinit();
        } else {
            stream.wait();
            at += 1;
        }
    }
}

fn serve(request: triton.Request) !void {
    const values = try (try request.input("IN")).readAll(i32, allocator);
    errdefer allocator.free(values);
    const delays = try (try request.input("DELAY")).readAll(u32, allocator);
    errdefer allocator.free(delays);
    const wait = try (try request.input("WAIT")).readAll(u32, allocator);
    defer allocator.free(wait);
    if (values.len != delays.len or wait.len != 1) {
        return request.fail(.invalid_arg, "IN and DELAY must have as many elements, and WAIT one", .{});
    }
    if (values.len == 0) {
        try request.finish();
        allocator.free(values);
        allocator.free(delays);
        return;
    }
    try streams.ensureUnusedCapacity(allocator, 1);
    const kept = request.keep() orelse {
        return request.fail(.unavailable, "too many requests are open: send it later", .{});
    };
    triton.sleep(wait[0]);
    var stream: Stream = .{ .request = kept, .values = values, .delays = delays };
    stream.wait();
    streams.appendAssumeCapacity(stream);
}
