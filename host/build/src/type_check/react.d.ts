/** Just enough of React for a type check where @types/react is not installed: hooks are typed, elements are not. */
declare module "react" {
  export type ReactNode = any;
  export type ReactElement = any;
  export type Key = string | number;
  export type CSSProperties = Record<string, string | number | undefined>;
  export type FC<Props = {}> = (props: Props & { children?: ReactNode }) => ReactNode;
  export type ComponentType<Props = any> = FC<Props>;
  export type PropsWithChildren<Props = unknown> = Props & { children?: ReactNode };
  export type Dispatch<Action> = (action: Action) => void;
  export type SetStateAction<State> = State | ((previous: State) => State);
  export interface RefObject<Value> { current: Value }
  export type MutableRefObject<Value> = RefObject<Value>;
  export type Ref<Value> = RefObject<Value | null> | ((value: Value | null) => void) | null;
  export interface SyntheticEvent<Target = Element> {
    currentTarget: Target; target: EventTarget & Target; preventDefault(): void; stopPropagation(): void; nativeEvent: any; [name: string]: any;
  }
  export type FormEvent<Target = HTMLFormElement> = SyntheticEvent<Target>;
  export type ChangeEvent<Target = HTMLInputElement> = SyntheticEvent<Target>;
  export type MouseEvent<Target = HTMLElement> = SyntheticEvent<Target>;
  export type KeyboardEvent<Target = HTMLElement> = SyntheticEvent<Target> & { key: string };
  export type DragEvent<Target = HTMLElement> = SyntheticEvent<Target> & { dataTransfer: DataTransfer };
  export type PointerEvent<Target = HTMLElement> = SyntheticEvent<Target>;
  export type FocusEvent<Target = HTMLElement> = SyntheticEvent<Target>;
  export type Reducer<State, Action> = (state: State, action: Action) => State;
  export function useState<State>(initial: State | (() => State)): [State, Dispatch<SetStateAction<State>>];
  export function useState<State = undefined>(): [State | undefined, Dispatch<SetStateAction<State | undefined>>];
  export function useReducer<State, Action>(reducer: Reducer<State, Action>, initial: State): [State, Dispatch<Action>];
  export function useReducer<State, Action, Start>(reducer: Reducer<State, Action>, start: Start, init: (start: Start) => State): [State, Dispatch<Action>];
  export function useEffect(effect: () => void | (() => void), deps?: readonly unknown[]): void;
  export function useLayoutEffect(effect: () => void | (() => void), deps?: readonly unknown[]): void;
  export function useMemo<Value>(make: () => Value, deps: readonly unknown[]): Value;
  export function useCallback<Callback extends Function>(callback: Callback, deps: readonly unknown[]): Callback;
  export function useRef<Value>(initial: Value): RefObject<Value>;
  export function useRef<Value>(initial: Value | null): RefObject<Value | null>;
  export function useRef<Value = undefined>(): RefObject<Value | undefined>;
  export function useContext<Value>(context: Context<Value>): Value;
  export function useId(): string;
  export function useTransition(): [boolean, (start: () => void) => void];
  export function useDeferredValue<Value>(value: Value): Value;
  export interface Context<Value> { Provider: FC<{ value: Value }>; Consumer: any }
  export function createContext<Value>(value: Value): Context<Value>;
  export function createElement(type: any, props?: any, ...children: any[]): ReactElement;
  export function cloneElement(element: any, props?: any, ...children: any[]): ReactElement;
  export function memo<Component>(component: Component): Component;
  export function forwardRef<Value, Props = {}>(render: (props: Props, ref: Ref<Value>) => ReactNode): FC<Props & { ref?: Ref<Value> }>;
  export function startTransition(start: () => void): void;
  export function lazy(load: () => Promise<any>): FC<any>;
  export const Fragment: FC;
  export const StrictMode: FC;
  export const Suspense: FC<{ fallback?: ReactNode }>;
  export const Children: any;
  export class Component<Props = {}, State = {}> {
    constructor(props: Props);
    props: Props & { children?: ReactNode };
    state: State;
    setState(state: Partial<State> | ((state: State) => Partial<State>)): void;
    render(): ReactNode;
  }
  const React: typeof import("react");
  export default React;
}

declare module "react/jsx-runtime" {
  export const jsx: any;
  export const jsxs: any;
  export const Fragment: any;
  export namespace JSX {
    type Element = any;
    type ElementType = any;
    interface IntrinsicAttributes { key?: string | number; ref?: any }
    interface IntrinsicElements { [name: string]: any }
  }
}

declare module "react-dom" {
  export function createPortal(children: any, container: Element): any;
  export function flushSync(run: () => void): void;
}

declare module "react-dom/client" {
  export function createRoot(container: Element): { render(node: any): void; unmount(): void };
}

declare namespace React {
  type ReactNode = any;
  type CSSProperties = Record<string, string | number | undefined>;
  type FormEvent<T = HTMLFormElement> = import("react").FormEvent<T>;
  type ChangeEvent<T = HTMLInputElement> = import("react").ChangeEvent<T>;
  type MouseEvent<T = HTMLElement> = import("react").MouseEvent<T>;
  type KeyboardEvent<T = HTMLElement> = import("react").KeyboardEvent<T>;
  type FC<Props = {}> = import("react").FC<Props>;
}

declare namespace JSX {
  type Element = any;
}
