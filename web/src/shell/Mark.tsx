export function Mark() {
  return (
    <span className="mark">
      <img src="/mark.svg" alt="" width="28" height="28" />
      NeuroShiksha
    </span>
  );
}
