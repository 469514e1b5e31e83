/**
 * Non-maximum suppression: of boxes that overlap, it keeps only the one with the highest score.
 *
 * BOXES has the shape [images, boxes, 4], a box being x1, y1, x2, y2. SCORES has [images, boxes]. KEPT has [images, n]: the indexes of the
 * kept boxes, best first, where n is the largest number of kept boxes of an image; −1 fills the shorter rows. COUNT has [images, 1].
 *
 * A box is kept if its score is at least `score_threshold`, and if its intersection with each better box that is kept is at most
 * `iou_threshold` of their union. Both are parameters of the request, or else of the model.
 */
import {
  Datatype,
  ErrorCode,
  Model,
  ParameterType,
  Request,
  Response,
  shapeText,
} from "../../../assembly/sdk";

/** Each box is compared with each kept one: more boxes could need more time than the deadline allows. */
const BOXES_MAX: i64 = 4096;
const COORDINATES = 4;

class NonMaximumSuppression extends Model {
  private iouThreshold: f64 = 0;
  private scoreThreshold: f64 = 0;

  initialize(): string | null {
    this.iouThreshold = parsed(this.parameter("iou_threshold"));
    this.scoreThreshold = parsed(this.parameter("score_threshold"));
    if (F64.isNaN(this.iouThreshold) || F64.isNaN(this.scoreThreshold)) {
      return "the model needs the parameters iou_threshold and score_threshold, which must be numbers";
    }
    return null;
  }

  execute(request: Request): void {
    const iouThreshold = threshold(request, "iou_threshold", this.iouThreshold);
    const scoreThreshold = threshold(request, "score_threshold", this.scoreThreshold);
    if (F64.isNaN(iouThreshold) || F64.isNaN(scoreThreshold)) return;
    const boxesInput = request.requireInput("BOXES");
    const scoresInput = request.requireInput("SCORES");
    if (boxesInput == null || scoresInput == null) return;
    const boxes = boxesInput.data<f32>();
    if (boxes == null) return;
    const scores = scoresInput.data<f32>();
    if (scores == null) return;
    if (!fitting(request.response, boxesInput.shape, scoresInput.shape)) return;

    const images = <i32>scoresInput.shape[0];
    const boxesPerImage = <i32>scoresInput.shape[1];
    const kept: i32[][] = [];
    for (let image = 0; image < images; image++) {
      const first = image * boxesPerImage;
      const order = bestFirst(scores, first, boxesPerImage, scoreThreshold);
      kept.push(suppressed(boxes, first, order, iouThreshold));
    }
    respond(request.response, kept);
  }
}

/** @returns NaN for a text that is not a number, or that is missing */
function parsed(text: string | null): f64 {
  return text == null ? NaN : parseFloat(text);
}

/** Reads a parameter of the request. Clients of a server before 24.02 send a number as a text. @returns NaN when it has answered with an error */
function threshold(request: Request, key: string, standard: f64): f64 {
  const parameter = request.parameter(key);
  if (parameter.type == ParameterType.None) return standard;
  const value =
    parameter.type == ParameterType.String ? parseFloat(parameter.text) : parameter.double;
  if (value >= 0 && value <= 1 && parameter.type != ParameterType.Bool) return value;
  const text = `parameter ${key} is ${parameter.text}: it must be a number from 0 to 1`;
  request.response.error(ErrorCode.InvalidArg, text);
  return NaN;
}

function fitting(response: Response, boxes: StaticArray<i64>, scores: StaticArray<i64>): bool {
  const match =
    boxes.length == 3 &&
    scores.length == 2 &&
    boxes[0] == scores[0] &&
    boxes[1] == scores[1] &&
    boxes[2] == COORDINATES;
  if (!match) {
    const shapes = `BOXES has shape ${shapeText(boxes)}, SCORES has shape ${shapeText(scores)}`;
    const wanted = "they must be [images, boxes, 4] and [images, boxes]";
    response.error(ErrorCode.InvalidArg, `${shapes}; ${wanted}`);
    return false;
  }
  if (scores[1] <= BOXES_MAX) return true;
  const text = `an image has ${scores[1]} boxes, above the model's limit of ${BOXES_MAX}`;
  response.error(ErrorCode.InvalidArg, text);
  return false;
}

/** The scores of the image whose boxes are sorted. A comparison function cannot have variables of its own. */
let sortedScores: StaticArray<f32> = [];
let sortedFirst: i32 = 0;

/** Indexes of the boxes of one image that reach the threshold, best first; of equal ones, the first comes first. */
function bestFirst(scores: StaticArray<f32>, first: i32, count: i32, threshold: f64): i32[] {
  const order: i32[] = [];
  for (let box = 0; box < count; box++) {
    if (<f64>scores[first + box] >= threshold) order.push(box);
  }
  sortedScores = scores;
  sortedFirst = first;
  return order.sort((a, b) => {
    const one = sortedScores[sortedFirst + a];
    const other = sortedScores[sortedFirst + b];
    return one == other ? a - b : one > other ? -1 : 1;
  });
}

/** @param order indexes of an image's boxes @returns those that are kept */
function suppressed(boxes: StaticArray<f32>, first: i32, order: i32[], threshold: f64): i32[] {
  const kept: i32[] = [];
  for (let at = 0; at < order.length; at++) {
    const box = (first + order[at]) * COORDINATES;
    let isKept = true;
    for (let other = 0; other < kept.length && isKept; other++) {
      isKept = !(iou(boxes, box, (first + kept[other]) * COORDINATES) > threshold);
    }
    if (isKept) kept.push(order[at]);
  }
  return kept;
}

/** Intersection of two boxes divided by their union; 0 if both have no area. @param a index of the box's first coordinate */
function iou(boxes: StaticArray<f32>, a: i32, b: i32): f64 {
  // Most of the model's time passes here. The indexes come from the number of boxes, which is checked.
  const width =
    <f64>min(unchecked(boxes[a + 2]), unchecked(boxes[b + 2])) -
    <f64>max(unchecked(boxes[a]), unchecked(boxes[b]));
  const height =
    <f64>min(unchecked(boxes[a + 3]), unchecked(boxes[b + 3])) -
    <f64>max(unchecked(boxes[a + 1]), unchecked(boxes[b + 1]));
  if (!(width > 0 && height > 0)) return 0;
  const intersection = width * height;
  return intersection / (area(boxes, a) + area(boxes, b) - intersection);
}

function area(boxes: StaticArray<f32>, box: i32): f64 {
  const width = <f64>boxes[box + 2] - <f64>boxes[box];
  return width * (<f64>boxes[box + 3] - <f64>boxes[box + 1]);
}

function respond(response: Response, kept: i32[][]): void {
  const images = kept.length;
  let columns = 0;
  for (let image = 0; image < images; image++) columns = max(columns, kept[image].length);
  const indexes = new StaticArray<i64>(images * columns).fill(-1);
  const counts = new StaticArray<i32>(images);
  for (let image = 0; image < images; image++) {
    counts[image] = kept[image].length;
    for (let at = 0; at < counts[image]; at++) indexes[image * columns + at] = kept[image][at];
  }
  const keptOutput = response.output("KEPT");
  const countOutput = response.output("COUNT");
  if (keptOutput != null && !keptOutput.set<i64>(Datatype.Int64, [images, columns], indexes))
    return;
  if (countOutput != null) countOutput.set<i32>(Datatype.Int32, [images, 1], counts);
}

const model = new NonMaximumSuppression();

export function triton_initialize(): i32 {
  return model.onInitialize();
}

export function triton_execute(): i32 {
  return model.onExecute();
}
