//! OUTPUT0 is INPUT0, whatever its datatype.

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
    if (request.output("OUTPUT0")) |output| try output.copyInput(input);
}
