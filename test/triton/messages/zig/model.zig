//! Fails as the first number of INPUT0 says, else returns the input: what a model in Zig says reaches the client.

const std = @import("std");
const triton = @import("triton");

pub const panic = triton.panic;

comptime {
    triton.exportModel(@This());
}

pub fn execute(requests: *triton.Requests) !void {
    while (requests.next()) |request| answer(request) catch |cause| request.failWith(cause);
}

fn answer(request: triton.Request) !void {
    const input = try request.input("INPUT0");
    const numbers = try input.readAll(f32, std.heap.wasm_allocator);
    defer std.heap.wasm_allocator.free(numbers);
    const number: u8 = @intFromFloat(numbers[0]);
    switch (number) {
        1 => @panic("the weights are missing"),
        2 => numbers[numbers.len + number] = 0,
        3 => numbers[0] = @floatFromInt(number + @as(u8, @intCast(numbers.len)) + 252),
        4 => _ = request.findInput("INPUT7").?,
        else => {},
    }
    if (request.output("OUTPUT0")) |output| try output.copyInput(input);
}
