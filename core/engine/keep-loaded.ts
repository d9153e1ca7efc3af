/**
 * Loads ONNX Runtime into the thread that imports this, and with that for as long as the process lives.
 *
 * When the last thread that uses a native module ends, Node unloads its library; what that thread's own
 * storage still has to clean up would then point into nothing (onnxruntime-node 1.30: rare crashes as a
 * worker ended). A main thread that holds the library prevents it, and makes the next worker start sooner.
 */
import 'onnxruntime-node'
