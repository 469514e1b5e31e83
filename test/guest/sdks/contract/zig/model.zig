//! As ../assemblyscript/model.ts.

const std = @import("std");
const triton = @import("triton");

pub const panic = triton.panic;

comptime {
    triton.exportModel(@This());
}

const Lines = std.array_list.Managed([]const u8);

pub fn execute(requests: *triton.Requests) !void {
    while (requests.next()) |request| answer(request) catch |cause| request.failWith(cause);
}

fn answer(request: triton.Request) !void {
    var arena: std.heap.ArenaAllocator = .init(std.heap.wasm_allocator);
    defer arena.deinit();
    const allocator = arena.allocator();
    var lines: Lines = .init(allocator);
    const id = try request.id(allocator);
    if (std.mem.eql(u8, id, "config")) try reportConfig(&lines);
    if (std.mem.eql(u8, id, "parameters")) try reportParameters(request, &lines);
    if (std.mem.eql(u8, id, "log")) try writeLog(&lines);
    if (std.mem.eql(u8, id, "files")) try reportFiles(&lines);
    if (std.mem.eql(u8, id, "metrics")) try reportMetrics(&lines);
    if (std.mem.eql(u8, id, "bytes")) try reportBytes(request, &lines);
    if (std.mem.eql(u8, id, "halves")) try reportHalves(request, &lines);
    const output = request.output("REPORT") orelse return;
    try output.setByteStrings(allocator, &.{@intCast(lines.items.len)}, lines.items);
}

fn say(lines: *Lines, comptime format: []const u8, arguments: anytype) !void {
    try lines.append(try std.fmt.allocPrint(lines.allocator, format, arguments));
}

fn reportConfig(lines: *Lines) !void {
    const Config = triton.ModelConfig;
    const allocator = lines.allocator;
    try say(lines, "name {s}", .{try Config.name(allocator)});
    try say(lines, "version {s}", .{try Config.version(allocator)});
    try say(lines, "max_batch_size {d}", .{Config.maxBatchSize()});
    try reportTensors("input", .inputs, lines);
    try reportTensors("output", .outputs, lines);
    const found: i64 = if (Config.find(.outputs, "REPORT")) |tensor| tensor.index else -1;
    try say(lines, "REPORT is output {d}", .{found});
    const nothing = Config.find(.inputs, "NOTHING");
    try say(lines, "NOTHING is {s}", .{if (nothing == null) "not an input" else "an input"});
    try say(lines, "greeting {s}", .{try triton.modelParameter(allocator, "greeting") orelse "none"});
    try say(lines, "nothing {s}", .{try triton.modelParameter(allocator, "nothing") orelse "none"});
}

fn reportTensors(name: []const u8, side: anytype, lines: *Lines) !void {
    const allocator = lines.allocator;
    for (0..triton.ModelConfig.tensorCount(side)) |index| {
        const tensor = triton.ModelConfig.tensorAt(side, @intCast(index));
        var line: std.array_list.Managed(u8) = .init(allocator);
        try line.print("{s} {s} {d}", .{ name, try tensor.name(allocator), @intFromEnum(tensor.datatype()) });
        for (try tensor.dims(allocator)) |dim| try line.print(" {d}", .{dim});
        try lines.append(line.items);
    }
}

fn reportParameters(request: triton.Request, lines: *Lines) !void {
    for ([_][]const u8{ "text", "int", "bool", "double", "missing" }) |key| {
        const parameter = try request.parameter(lines.allocator, key) orelse {
            try say(lines, "{s} none", .{key});
            continue;
        };
        switch (parameter) {
            .string => |text| try say(lines, "{s} string {s}", .{ key, text }),
            .int => |value| try say(lines, "{s} int {d}", .{ key, value }),
            .bool => |value| try say(lines, "{s} bool {}", .{ key, value }),
            .double => |value| try say(lines, "{s} double {d}", .{ key, @as(i64, @intFromFloat(value * 1000)) }),
        }
    }
}

fn writeLog(lines: *Lines) !void {
    triton.log(.info, "an info {s}", .{"line"});
    triton.log(.warning, "a warning", .{});
    triton.log(.err, "an error", .{});
    triton.log(.verbose, "a verbose line", .{});
    try say(lines, "enabled {} {}", .{ triton.logEnabled(.err), triton.logEnabled(.verbose) });
}

fn reportFiles(lines: *Lines) !void {
    const allocator = lines.allocator;
    for (0..triton.fileCount()) |file| {
        const name = try triton.fileName(allocator, @intCast(file));
        try say(lines, "{s} {d}", .{ name, triton.fileSize(name).? });
    }
    try say(lines, "words {s}", .{try triton.readFile(allocator, "en/words.txt")});
    var piece: [4]u8 = undefined;
    try say(lines, "piece {s}", .{try triton.readFileAt("en/words.txt", 3, &piece)});
    try say(lines, "end {d}", .{(try triton.readFileAt("en/words.txt", 1_000_000, &piece)).len});
    const size: i64 = if (triton.fileSize("nothing")) |size| @intCast(size) else -1;
    const read: i64 = if (triton.readFileAt("../1/model.wasm", 0, &piece)) |part| @intCast(part.len) else |_| -1;
    try say(lines, "missing {d} {d} {s}", .{ size, read, try triton.lastError(allocator) });
}

fn reportMetrics(lines: *Lines) !void {
    const Metric = triton.Metric;
    const allocator = lines.allocator;
    const one: Metric = try .create(.counter, "contract_things", "things", &.{.{ .name = "stage", .value = "one" }}, &.{});
    const two: Metric = try .create(.counter, "contract_things", "things", &.{.{ .name = "stage", .value = "two \\ \"2\"" }}, &.{});
    _ = one.add(1.5);
    _ = two.add(40);
    try say(lines, "counters {d:.1} {d:.1} {} {}", .{ try one.value(), try two.value(), one.set(1), one.add(-1) });
    const gauge: Metric = try .create(.gauge, "contract_gauge", "a gauge", &.{}, &.{});
    _ = gauge.set(7);
    _ = gauge.add(-9);
    const value = try gauge.value();
    const observed = gauge.observe(1);
    try gauge.delete();
    try say(lines, "gauge {d:.1} {} true {}", .{ value, observed, gauge.add(1) });
    try say(lines, "deleted {s}", .{try triton.lastError(allocator)});
    const refused = if (Metric.create(.gauge, "a b", "", &.{}, &.{})) |_| false else |_| true;
    try say(lines, "refused {} {s}", .{ refused, try triton.lastError(allocator) });
    const histogram = Metric.create(.histogram, "contract_sizes", "sizes", &.{.{ .name = "stage", .value = "all" }}, &.{ 0.5, 10 }) catch {
        try say(lines, "histogram {s}", .{try triton.lastError(allocator)});
        return;
    };
    var seen = true;
    for ([_]f64{ 0.25, 2, 100 }) |size| seen = histogram.observe(size) and seen;
    try say(lines, "histogram {} {}", .{ seen, histogram.add(1) });
}

fn reportBytes(request: triton.Request, lines: *Lines) !void {
    const input = try request.input("TEXTS");
    var elements: triton.ByteStrings = .of(try input.readByteStrings(lines.allocator));
    while (elements.next()) |element| try lines.append(element);
    std.mem.reverse([]const u8, lines.items);
}

fn reportHalves(request: triton.Request, lines: *Lines) !void {
    const input = try request.input("FLOATS");
    for (try input.readAll(f32, lines.allocator)) |value| {
        const fp16 = triton.f16FromF32(value);
        const bf16 = triton.bf16FromF32(value);
        const back16: u32 = @bitCast(triton.f16ToF32(fp16));
        const backB: u32 = @bitCast(triton.bf16ToF32(bf16));
        try say(lines, "{d} {d} {d} {d}", .{ fp16, back16, bf16, backB });
    }
}
