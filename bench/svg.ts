type Attributes = Readonly<Record<string, string | number>>;

/** An SVG element. Numbers get at most one decimal. */
export function element(name: string, attributes: Attributes, ...children: string[]): string {
  const list = Object.entries(attributes).map(
    ([key, value]) => ` ${key}="${typeof value === "number" ? round(value) : escapeText(value)}"`,
  );
  if (children.length === 0) return `<${name}${list.join("")}/>`;
  return `<${name}${list.join("")}>${children.join("")}</${name}>`;
}

export function line(x1: number, y1: number, x2: number, y2: number, more: Attributes): string {
  return element("line", { x1, y1, x2, y2, ...more });
}

export function text(x: number, y: number, content: string, more: Attributes = {}): string {
  return element("text", { x, y, ...more }, escapeText(content));
}

/** A picture on a white ground. Sizes are in pixels. */
export function picture(width: number, height: number, ...children: string[]): string {
  const ground = element("rect", { width, height, fill: "#ffffff" });
  const attributes = {
    xmlns: "http://www.w3.org/2000/svg",
    viewBox: `0 0 ${width} ${height}`,
    width,
    height,
    "font-family": "Helvetica, Arial, sans-serif",
    "font-size": 13,
    fill: "#222222",
  };
  return `${element("svg", attributes, "\n", [ground, ...children].join("\n"), "\n")}\n`;
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}

function escapeText(content: string): string {
  return content
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replaceAll('"', "&quot;");
}
